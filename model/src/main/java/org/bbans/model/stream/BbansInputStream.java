package org.bbans.model.stream;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.commons.compress.compressors.CompressorInputStream;
import org.bbans.codec.archive.ArchiveInputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.collection.CollectionReader;
import org.bbans.codec.collection.NamelessInputStream;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.Spool;

/**
 * Gives the file that an archive was made of, checking everything on the way as {@link ArchiveInputStream} does. A file
 * that was taken apart, such as a PNG file, is put together by the first read: in memory up to 16 MiB, beyond that in a
 * temporary file.
 */
public final class BbansInputStream extends CompressorInputStream {

    private static final Path TEMPORARY_FOLDER = Path.of(System.getProperty("java.io.tmpdir"));

    private final boolean keepsGoing;
    /** The stream below, which says with its first bytes what it is. */
    private final InputStream source;
    /** Null if the archive is one of a content in segments. */
    private final ArchiveInputStream archive;
    /** Holds the file that has been put together; null if there is none. */
    private Spool whole;
    /** The file; null before the first read. */
    private InputStream file;
    private IOException failure;
    private boolean closed;

    /**
     * Reads the archive's header.
     *
     * @param in the archive, from its first byte; need not be buffered
     * @param models finds the archive's model if there is one
     * @param options how to read; with {@link ReadOptions#keepGoing}, zeros, or what of it can be decoded, stand in the
     *     place of what is damaged, and where a file cannot be put together of that, what it held is given
     * @throws FormatException if {@code in} does not begin with a sound archive header
     * @throws IOException if {@code in} cannot be read
     */
    public BbansInputStream(InputStream in, ModelSource models, ReadOptions options) throws IOException {
        keepsGoing = options.keepGoing();
        source = new BufferedInputStream(in, 1 << 16);
        source.mark(CollectionReader.START_BYTES);
        boolean inSegments = CollectionReader.beginsNameless(source.readNBytes(CollectionReader.START_BYTES));
        source.reset();
        archive = inSegments ? null : new ArchiveInputStream(source, models, options.withMembersApart(true));
        file = inSegments
                ? new NamelessInputStream(source, TEMPORARY_FOLDER, models, options)
                : null;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /**
     * Reads some bytes of the file.
     *
     * @throws FormatException if the archive is damaged or its model is not at hand
     * @throws IOException if the archive cannot be read or is closed; after any failure every read fails
     */
    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        if (failure != null) {
            throw failure;
        }
        checkOpen();
        if (len == 0) {
            return 0;
        }
        try {
            if (file == null) {
                file = restore();
            }
            int n = file.read(b, off, len);
            while (n < 0 && archive != null && archive.nextMember()) {
                if (whole != null) {
                    whole.close();
                    whole = null;
                }
                file = restore();
                n = file.read(b, off, len);
            }
            count(n);
            return n;
        } catch (IOException e) {
            failure = e;
            throw e;
        } catch (RuntimeException | Error e) {
            failure = new IOException("reading the archive has failed before: " + e, e);
            throw e;
        }
    }

    private InputStream restore() throws IOException {
        if (archive.header().wrapping() == null) {
            return archive;
        }
        whole = new Spool();
        Wrapping wrapping = archive.header().wrapping();
        if (keepsGoing) {
            Wrappings.salvage(wrapping, archive, whole, archive::isMemberDamaged, TEMPORARY_FOLDER);
        } else {
            Wrappings.rewrap(wrapping, archive, whole, archive::isMemberDamaged);
        }
        return whole.open();
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException("the archive is closed");
        }
    }

    @Override
    public int available() throws IOException {
        checkOpen();
        return file == null || failure != null ? 0 : file.available();
    }

    /** Stops decoding and closes the stream below. */
    @Override
    public void close() throws IOException {
        closed = true;
        try (InputStream below = archive != null ? archive : file) {
            if (whole != null) {
                whole.close();
            }
        }
    }
}
