package org.bbans.model.stream;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import org.apache.commons.compress.compressors.CompressorOutputStream;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.bbans.model.CompressionOptions;
import org.bbans.model.RecordCompressor;

/**
 * Compresses what is written to it as {@link RecordCompressor} does. Since records are looked for in the whole, the
 * content is kept until {@link #finish} or {@link #close}: in memory up to 16 MiB, beyond that in a temporary file. The
 * archive is then written at once.
 *
 * @param <T> the kind of stream below
 */
public final class BbansOutputStream<T extends OutputStream> extends CompressorOutputStream<T> {

    private enum State {
        OPEN, FINISHED, FAILED, CLOSED
    }

    private final T sink;
    private final CompressionOptions options;
    private final Spool content;
    private State state = State.OPEN;

    /**
     * Writes nothing yet.
     *
     * @param out receives the archive; need not be buffered
     * @param options how to compress
     */
    public BbansOutputStream(T out, CompressionOptions options) {
        super(Objects.requireNonNull(out));
        this.sink = out;
        this.options = options;
        this.content = new Spool(options.temporaryFolder());
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    /**
     * Takes some bytes of content.
     *
     * @throws org.bbans.codec.format.TemporaryFileException if the temporary file cannot be written
     * @throws IOException if this stream is finished or closed, or has failed before
     */
    @Override
    public void write(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        requireOpen();
        state = State.FAILED;
        content.write(b, off, len);
        state = State.OPEN;
    }

    /** Passes on to the stream below, which has got nothing of the archive before {@link #finish}. */
    @Override
    public void flush() throws IOException {
        sink.flush();
    }

    /**
     * Writes the archive; the stream below stays open. A second call does nothing.
     *
     * @throws IOException if the stream below fails, or this one is closed or has failed before
     */
    @Override
    public void finish() throws IOException {
        if (state == State.FINISHED) {
            return;
        }
        requireOpen();
        state = State.FAILED;
        try (Spool done = content) {
            new RecordCompressor(options).compress(ContentView.of(done), sink);
        }
        state = State.FINISHED;
    }

    private void requireOpen() throws IOException {
        if (state != State.OPEN) {
            throw new IOException(state == State.FAILED ? "writing the archive has failed before"
                    : "the archive is complete");
        }
    }

    @Override
    public boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Writes the archive, unless that has been done or a write has failed, and closes the stream below. */
    @Override
    public void close() throws IOException {
        if (state == State.CLOSED) {
            return;
        }
        try (OutputStream below = sink; Spool done = content) {
            if (state == State.OPEN) {
                finish();
            }
        } finally {
            state = State.CLOSED;
        }
    }
}
