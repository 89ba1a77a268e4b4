package org.bbans.codec.archive;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.ModelSource;

/**
 * Reads single records of an archive, decoding only the block that holds them, or of a group of blocks those up to it.
 * The block last decoded is kept if it has at most 64 MiB. In an archive that was written without a model, a block may
 * hold up to a gibibyte, and reading a record then decodes all of it. Records of several archives in a row are counted
 * through.
 *
 * <p>May be shared by threads, which then wait for each other. Any of them may close it: a read that another one is in
 * then fails with an IOException. So does interrupting a thread in a read, which closes the file for all, as it does
 * with every {@link java.nio.channels.FileChannel}. Damage is found by every read of the records in question; others
 * can still be read.
 */
public final class RecordReader implements Closeable {

    private static final String CLOSED = "the archive is closed";

    private final SeekableByteChannel channel;
    private final ModelSource models;
    private final ReadOptions options;
    private final List<ArchiveInfo> members;
    /** The number of the first record of each archive, and behind them that of all records. */
    private final long[] first;
    private MemberRecords current;
    /** Set by another thread, perhaps. */
    private volatile boolean closed;

    /** Opens an archive with the limits of {@link ReadOptions#DEFAULT}. */
    public RecordReader(Path file, ModelSource models) throws IOException {
        this(file, models, ReadOptions.DEFAULT);
    }

    /**
     * Opens an archive.
     *
     * @param file the archive
     * @param models finds the model if a block needs it
     * @param options limits to memory and work; the rest does not matter
     * @throws FormatException if header or index are damaged or not understood
     * @throws IOException if the file cannot be read
     */
    public RecordReader(Path file, ModelSource models, ReadOptions options) throws IOException {
        this.models = models;
        this.options = options;
        channel = Files.newByteChannel(file);
        try {
            members = ArchiveInfo.members(channel, options.memoryLimit());
            first = new long[members.size() + 1];
            for (int i = 0; i < members.size(); i++) {
                first[i + 1] = first[i] + members.get(i).records();
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** The summaries of all archives in the file, at least one. */
    public List<ArchiveInfo> members() {
        return members;
    }

    /**
     * The archive's summary.
     *
     * @throws UnsupportedOperationException if the file holds {@link #members several}
     */
    public ArchiveInfo info() {
        if (members.size() > 1) {
            throw new UnsupportedOperationException("the file holds " + members.size() + " archives in a row");
        }
        return members.get(0);
    }

    /** Records in all archives of the file. */
    public long records() {
        return first[members.size()];
    }

    /**
     * Reads a record with its prefix bytes.
     *
     * @param i the record's number, from 0
     * @throws IndexOutOfBoundsException if there is no such record
     * @throws FormatException if its block is damaged or needs a model that is not at hand
     * @throws IOException if the file cannot be read, or this reader is closed
     */
    public synchronized byte[] read(long i) throws IOException {
        checkOpen();
        Objects.checkIndex(i, records());
        return unlessClosed(() -> {
            int member = Arrays.binarySearch(first, i);
            member = member < 0 ? -2 - member : member;
            while (first[member + 1] == i) {
                member++;
            }
            return member(member).read(i - first[member]);
        });
    }

    private MemberRecords member(int number) {
        if (current == null || current.info() != members.get(number)) {
            current = new MemberRecords(channel, members.get(number), models, options);
        }
        return current;
    }

    /**
     * The reference to the model of one of the archives, with the embedded model if there is one; null without a model.
     *
     * @param member one of {@link #members}
     * @throws FormatException if the embedded model is damaged
     * @throws IOException if the file cannot be read
     */
    public synchronized ModelReference model(ArchiveInfo member) throws IOException {
        checkOpen();
        return unlessClosed(() -> member(memberAt(member.offset())).withModel(member.header().model()));
    }

    /** Something that reads the file. */
    private interface Reading<T> {

        T read() throws IOException;
    }

    /** Reads; whatever it runs into while another thread closes this reader, is that. */
    private <T> T unlessClosed(Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (IOException | RuntimeException e) {
            if (closed) {
                throw new IOException(CLOSED, e);
            }
            throw e;
        }
    }

    /**
     * What the model wrote for a block: the payload without the records' prefixes. Nothing is decoded, so no checksum
     * is looked at either.
     *
     * @param block one of those of the {@link #members} that is coded by the model
     * @throws FormatException if the block ends too early
     * @throws IOException if the file cannot be read
     */
    public synchronized byte[] modelPayload(BlockInfo block) throws IOException {
        if (block.codec() != BlockKind.MODEL) {
            throw new IllegalArgumentException(block.place() + " is not coded by a model");
        }
        checkOpen();
        return unlessClosed(() -> member(memberAt(block.fileOffset())).modelPayload(block));
    }

    /** Number of the archive that holds the byte of the file at {@code offset}. */
    private int memberAt(long offset) {
        int member = 0;
        while (member + 1 < members.size() && members.get(member + 1).offset() <= offset) {
            member++;
        }
        return member;
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException(CLOSED);
        }
    }

    /** Closes the file, and does not wait for a read that another thread is in. */
    @Override
    public void close() throws IOException {
        closed = true;
        channel.close();
    }
}
