package org.bbans.codec.archive;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Damage;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.codec.wire.BlockSequence;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.HeaderFormat;

/**
 * Reads the content of an archive, checking everything on the way: structure, each block's CRC-32C, the index, the
 * content's SHA-256, and that nothing follows but more archives, whose contents are read one after the other. Blocks
 * are decoded ahead on several threads; blocks of bytes above 16 MiB are decoded while they are read, so their bytes
 * are handed out before their CRC has been checked.
 *
 * <p>With {@link ReadOptions#keepGoing} a damaged block is replaced by as many zeros, so that everything behind it
 * keeps its place, and reported by {@link #damages}; a damaged block of bytes gives what could be decoded, of which
 * nobody knows from where on it is wrong, then zeros. Where the next block cannot be found (a file that was cut off, or
 * a block header damaged in a stream), the content ends. A damaged header stops the reading in any case.
 */
public final class ArchiveInputStream extends InputStream {

    private static final String CLOSED = "the archive is closed";

    private final InputStream source;
    private final ModelSource models;
    private final ReadOptions options;
    /** Memory that others of the same reader take; null if there is nobody else. */
    private final LongSupplier elsewhere;
    /** Null if the archive is read in order. */
    private final SeekableByteChannel channel;
    /** What is known of the archives in a file; null if their indexes are not all sound, or it is read in order. */
    private final List<ArchiveInfo> infos;
    /** Bytes of memory that this takes. */
    private final long infoMemory;
    /** Finds archives and blocks in a file without sound indexes; null if they need not be searched for. */
    private final ArchiveSearch search;
    /** Of archives that have been read. */
    private final List<Damage> damages = new ArrayList<>();
    private final byte[] one = new byte[1];

    private FormatInput input;
    /** The archive in hand, which another thread may close. */
    private volatile MemberInput member;
    private int number;
    private boolean memberRead;
    private boolean atEnd;
    /** The first block that is read, and where in the content it begins. */
    private final int firstBlock;
    private final long start;
    /** Bytes of content of the archives before. */
    private long before;
    /** Set by another thread, perhaps. */
    private volatile boolean closed;
    private IOException failure;

    /**
     * Reads the header.
     *
     * @param in the archive, from its first byte; need not be buffered
     * @param models finds the model if a block needs it
     * @param options how to read
     * @throws FormatException if {@code in} does not begin with a sound archive header
     * @throws IOException if {@code in} cannot be read
     */
    public ArchiveInputStream(InputStream in, ModelSource models, ReadOptions options) throws IOException {
        this(in, models, options, null, null, null);
    }

    /**
     * Reads the header of one of several archives that are read at a time and share a limit to memory. Half of that is
     * used to look ahead, so that each of them gets on.
     *
     * @param in the archive, from its first byte; need not be buffered
     * @param models finds the model if a block needs it
     * @param options how to read
     * @param elsewhere bytes of memory that the others take, {@link #memoryHeld} among them; asked by reads
     * @throws FormatException if {@code in} does not begin with a sound archive header
     * @throws IOException if {@code in} cannot be read
     */
    public ArchiveInputStream(InputStream in, ModelSource models, ReadOptions options, LongSupplier elsewhere)
            throws IOException {
        this(in, models, options, null, null, Objects.requireNonNull(elsewhere));
    }

    /**
     * Opens a file. With {@link ReadOptions#keepGoing} the blocks are found by the index, or if that is damaged by
     * searching for them, so that damage to one block cannot hide the next.
     */
    public static ArchiveInputStream open(Path file, ModelSource models, ReadOptions options) throws IOException {
        return open(Files.newByteChannel(file), models, options);
    }

    /** Opens what lies in a channel, as a file; the channel is closed with it, or if this fails. */
    public static ArchiveInputStream open(SeekableByteChannel channel, ModelSource models, ReadOptions options)
            throws IOException {
        try {
            List<ArchiveInfo> infos = null;
            if (options.keepGoing()) {
                try {
                    infos = ArchiveInfo.members(channel, options.memoryLimit());
                } catch (FormatException e) {
                    // No sound index, or too many blocks for memory: they are searched for.
                    infos = null;
                }
                channel.position(0);
            }
            return new ArchiveInputStream(Channels.newInputStream(channel), models, options,
                    options.keepGoing() ? channel : null, infos, null);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Opens what lies in a channel near a place in its content, without decoding what comes before: at the beginning of
     * the block that holds the place, or of the first one of its learning group. Nothing is compared with the content's
     * SHA-256 then. The channel is closed with it, or if this fails.
     *
     * @param channel a single archive
     * @param place in the content, from 0; behind its end, the last block is read
     * @param options how to read, without {@link ReadOptions#keepGoing}
     * @param elsewhere bytes of memory that others take, as for the constructor
     * @throws CorruptArchiveException if the archive, or its index, is damaged, or another one follows
     */
    public static ArchiveInputStream openNear(SeekableByteChannel channel, long place, ModelSource models,
            ReadOptions options, LongSupplier elsewhere) throws IOException {
        try {
            List<ArchiveInfo> infos =
                    ArchiveInfo.members(channel, Math.max(0, options.memoryLimit() - elsewhere.getAsLong()));
            if (infos.size() > 1) {
                throw new CorruptArchiveException("another archive follows");
            }
            channel.position(0);
            return new ArchiveInputStream(Channels.newInputStream(channel), models, options, channel, infos, elsewhere,
                    infos.get(0).firstBlockFor(infos.get(0).blockAt(place)));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private ArchiveInputStream(InputStream in, ModelSource models, ReadOptions options, SeekableByteChannel channel,
            List<ArchiveInfo> infos, LongSupplier elsewhere) throws IOException {
        this(in, models, options, channel, infos, elsewhere, 0);
    }

    private ArchiveInputStream(InputStream in, ModelSource models, ReadOptions options, SeekableByteChannel channel,
            List<ArchiveInfo> infos, LongSupplier elsewhere, int firstBlock) throws IOException {
        this.source = Objects.requireNonNull(in);
        this.models = models;
        this.options = options;
        this.channel = channel;
        this.infos = infos;
        infoMemory = infos == null ? 0 : infos.stream().mapToLong(ArchiveInfo::memory).sum();
        search = channel == null || infos != null ? null : new ArchiveSearch(channel);
        this.elsewhere = elsewhere;
        input = new FormatInput(new BufferedInputStream(in, 1 << 16), 0);
        this.firstBlock = firstBlock;
        start = firstBlock == 0 ? 0 : infos.get(0).blocks().get(firstBlock).contentOffset();
        member = member(0);
    }

    /** Where in the content reading began. */
    public long start() {
        return start;
    }

    /** Reads the header that {@link #input} stands at, behind so many bytes of content. */
    private MemberInput member(long behind) throws IOException {
        return new MemberInput(input, models, options, (header, archive, blocksFrom) -> {
            BlockSequence blocks = new BlockSequence(header, archive, blocksFrom);
            return infos != null ? new IndexedFeed(channel, infos.get(number), number == 0 ? firstBlock : 0)
                    : channel == null ? new SequentialFeed(input, blocks)
                            : scan(header, blocks, blocksFrom);
        }, infos != null && options.keepGoing(), elsewhere, behind, number == 0 ? start : 0);
    }

    private ScanFeed scan(ArchiveHeader header, BlockSequence blocks, long firstBlock) {
        BlockDecoder decoder = new BlockDecoder(header, models,
                header.model() != null && header.model().embedded() != null);
        return new ScanFeed(search, blocks, firstBlock,
                (head, payload) -> search.mayTry(head.info().rawSize() + head.info().payloadSize())
                        && decoder.decodes(head, payload, options));
    }

    /**
     * What the archive says before its first block, with the embedded model if there is one; of several archives in a
     * row, the one that was read last.
     */
    public ArchiveHeader header() {
        return member.header();
    }

    /** What could not be restored; complete when the end has been read. Empty without {@link ReadOptions#keepGoing}. */
    public List<Damage> damages() {
        List<Damage> all = new ArrayList<>(damages);
        addDamages(all);
        return List.copyOf(all);
    }

    /** Whether bytes of the archive in hand could not be restored, so far. */
    public boolean isMemberDamaged() {
        return member.damages().stream().anyMatch(damage -> damage.length() != 0);
    }

    /** Adds those of the archive in hand. */
    private void addDamages(List<Damage> all) {
        for (Damage damage : member.damages()) {
            all.add(new Damage(before + damage.contentOffset(), damage.length(), damage.reason()));
        }
    }

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /**
     * Reads some bytes of content.
     *
     * @throws CorruptArchiveException if something is damaged; bytes delivered before are then not to be trusted
     *     either, unless {@code keepGoing} is on
     * @throws UnsupportedArchiveException if the model is not at hand or the memory limit too low
     * @throws IOException if the archive cannot be read, or is closed; after any failure every read fails
     */
    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        if (len == 0) {
            checkOpen();
            return 0;
        }
        return unlessFailed(() -> {
            int n = readMember(b, off, len);
            while (n < 0 && !options.membersApart() && goOn()) {
                n = readMember(b, off, len);
            }
            return n;
        });
    }

    private int readMember(byte[] b, int off, int len) throws IOException {
        int n = memberRead ? -1 : member.read(b, off, len);
        memberRead = n < 0;
        return n;
    }

    /**
     * Goes on to the next of several archives in a row. Reading does so by itself unless {@link
     * ReadOptions#membersApart}.
     *
     * @return false if there is none, or no more of the input is to be read
     * @throws IllegalStateException if the archive in hand has not been read to its end
     * @throws FormatException if something else follows, or what follows is damaged
     * @throws IOException if the archive cannot be read, or is closed
     */
    public boolean nextMember() throws IOException {
        if (!memberRead) {
            throw new IllegalStateException("the archive has not been read to its end");
        }
        return unlessFailed(() -> goOn() ? 1 : 0) > 0;
    }

    private boolean goOn() throws IOException {
        if (atEnd) {
            return false;
        }
        try {
            long next = options.allowTrailing() ? -1 : findNext();
            if (next < 0) {
                atEnd = true;
                return false;
            }
            if (channel != null) {
                channel.position(next);
                input = new FormatInput(new BufferedInputStream(source), next);
            }
            long behind = before + member.delivered();
            number++;
            MemberInput following = member(behind);
            addDamages(damages);
            before = behind;
            member = following;
            memberRead = false;
            if (closed) {
                // By a thread that may have stopped the one before.
                following.stop();
            }
            return true;
        } catch (CorruptArchiveException e) {
            if (!options.keepGoing()) {
                throw e;
            }
            damages.add(new Damage(before + member.delivered(), Damage.REST, e.getMessage()));
            atEnd = true;
            return false;
        }
    }

    /** Where the next archive begins; negative if there is none that can be found. */
    private long findNext() throws IOException {
        if (infos != null) {
            return number + 1 < infos.size() ? infos.get(number + 1).offset() : -1;
        }
        if (member.isRestLost()) {
            return -1;
        }
        long end = member.fileEnd();
        byte[] start;
        if (channel == null) {
            start = input.peek(ArchiveInfo.START_BYTES);
        } else {
            channel.position(end);
            start = source.readNBytes(ArchiveInfo.START_BYTES);
        }
        if (start.length == 0) {
            return -1;
        }
        if (!HeaderFormat.hasMagic(start)) {
            throw new CorruptArchiveException("the archive ends at offset " + end
                    + ", but other bytes follow: remove them");
        }
        return end;
    }

    /** Something that reads. */
    private interface Reading {

        int read() throws IOException;
    }

    private int unlessFailed(Reading reading) throws IOException {
        checkOpen();
        if (failure != null) {
            throw failure;
        }
        try {
            return reading.read();
        } catch (IOException e) {
            failure = closed ? new IOException(CLOSED, e) : e;
            member.stop();
            throw failure;
        } catch (RuntimeException | Error e) {
            member.stop();
            failure = new IOException("reading the archive has failed before: " + e, e);
            if (closed) {
                // Whatever a thread runs into whose stream another one has closed.
                throw new IOException(CLOSED, e);
            }
            throw e;
        }
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException(CLOSED);
        }
    }

    /** Bytes of memory that this archive takes at present, roughly. */
    public long memoryHeld() {
        return infoMemory + member.memoryHeld();
    }

    @Override
    public int available() throws IOException {
        checkOpen();
        return failure != null ? 0 : member.available();
    }

    /** Stops decoding and closes the stream below. A read that another thread is in fails with an IOException. */
    @Override
    public void close() throws IOException {
        closed = true;
        member.stop();
        source.close();
    }
}
