package org.bbans.codec.content.png;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.bbans.codec.io.BulkInputStream;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Expansion;
import org.bbans.codec.wire.Varint;

/** The parts of a PNG file, of which nothing but the compressed pixels is left out. */
final class PngFile {

    static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    static final int IHDR = 0x49484452;
    static final int IDAT = 0x49444154;
    static final int FDAT = 0x66644154;
    static final int FCTL = 0x6663544C;
    static final int IEND = 0x49454E44;
    static final int IHDR_BYTES = 13;
    /** Type and length in front of a chunk's data, and the CRC behind it. */
    static final int CHUNK_FIELDS = 12;
    private static final int MAX_KEPT_BYTES = 1 << 22;
    private static final int MAX_IDATS = 1 << 20;
    /** Images of a file: the first one and later frames. */
    static final int MAX_IMAGES = 1 << 16;
    /** Bytes of the rows of all images. */
    static final long MAX_PLAIN = 1L << 30;
    /** From this byte of an fcTL chunk's data on, a frame's width and height stand. */
    static final int FRAME_EXTENTS = 4;
    private static final int BUFFER = 1 << 16;

    private final ContentView content;
    private final InputStream in;
    private final CRC32 chunkCrc = new CRC32();
    private long at;
    private int length;
    private int type;

    /** From the header chunk. */
    PngShape shape;
    /** The chunks before the pixels, and those behind each image, as {@link PngWrapping} keeps them. */
    final ByteArrayOutputStream before = new ByteArrayOutputStream();
    final List<ByteArrayOutputStream> behind = new ArrayList<>();
    /** What follows the last chunk. */
    byte[] trailing;
    /** The images. */
    final List<ChunkRun> runs = new ArrayList<>();
    private final boolean takesFrames;
    private final long mostPlain;
    private long kept;
    /** Of the last fcTL chunk: its number, and the frame's extents; no number if there was none. */
    private long control = -1;
    private int frameWidth;
    private int frameHeight;

    /** The chunks of one image. */
    static final class ChunkRun {

        final PngShape shape;
        /** Sizes of the compressed pixels in each chunk. */
        int[] sizes = new int[16];
        int count;
        /** Bytes in front of them: the number of a frame's chunk. */
        private final int skipped;
        private final long at;

        ChunkRun(PngShape shape, long at, int skipped) {
            this.shape = shape;
            this.at = at;
            this.skipped = skipped;
        }

        private void add(int size) {
            sizes = count == sizes.length ? Arrays.copyOf(sizes, 2 * count) : sizes;
            sizes[count++] = size;
        }

        /** Bytes of all of them. */
        long total() {
            return Arrays.stream(sizes, 0, count).asLongStream().sum();
        }

        /** Bytes of the file from the first chunk's data to the end of the last one's. */
        private long fileBytes() {
            return total() + (long) count * skipped + (count - 1L) * CHUNK_FIELDS;
        }
    }

    private PngFile(ContentView content, InputStream in, boolean takesFrames) {
        this.content = content;
        this.in = in;
        this.takesFrames = takesFrames;
        mostPlain = Expansion.most(content.size(), MAX_PLAIN);
    }

    /**
     * Reads a file.
     *
     * @param takesFrames whether later frames are images; otherwise their chunks are kept as others are
     * @return empty if it is not of the usual form, which keeps what is read here small
     */
    static Optional<PngFile> of(ContentView content, boolean takesFrames) throws IOException {
        try (InputStream in = content.open()) {
            PngFile file = new PngFile(content, in, takesFrames);
            return file.parse() ? Optional.of(file) : Optional.empty();
        } catch (EOFException e) {
            return Optional.empty();
        }
    }

    private boolean parse() throws IOException {
        if (!Arrays.equals(bytes(SIGNATURE.length), SIGNATURE) || !chunk() || type != IHDR || length != IHDR_BYTES) {
            return false;
        }
        ByteBuffer header = ByteBuffer.wrap(bytes(length));
        shape = new PngShape(header.getInt(), header.getInt(), header.get(), header.get(),
                header.get(IHDR_BYTES - 1) == 1);
        boolean usual = header.getShort() == 0 && (header.get() & ~1) == 0;
        return usual && shape.isValid() && shape.packedBytes() <= mostPlain && endChunk() && chunks(before)
                && type == IDAT
                && pixels(new ChunkRun(shape, at, 0))
                && images() && end();
    }

    /** Reads later frames and the chunks around them. */
    private boolean images() throws IOException {
        behind.add(new ByteArrayOutputStream());
        long plain = shape.packedBytes();
        while (chunks(behind.get(behind.size() - 1)) && type == FDAT) {
            PngShape frame = new PngShape(frameWidth, frameHeight, shape.depth(), shape.colour(), shape.interlaced());
            if (control < 0 || runs.size() == MAX_IMAGES || !frame.isValid()) {
                return false;
            }
            plain += frame.packedBytes();
            if (plain > mostPlain || !pixels(new ChunkRun(frame, at, Integer.BYTES))) {
                return false;
            }
            behind.add(new ByteArrayOutputStream());
        }
        return type == IEND;
    }

    /** Keeps chunks up to one of pixels or the last one, whose fields only are read. */
    private boolean chunks(ByteArrayOutputStream out) throws IOException {
        while (type != IDAT && type != IEND && !(takesFrames && type == FDAT && !runs.isEmpty())) {
            kept += length;
            if (kept > MAX_KEPT_BYTES || type == FDAT && length == 0) {
                return false;
            }
            Varint.write(out, length + 1L);
            out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(type).array());
            byte[] data = bytes(length);
            out.writeBytes(data);
            if (type == FCTL && length >= FRAME_EXTENTS + 2 * Integer.BYTES) {
                ByteBuffer fields = ByteBuffer.wrap(data);
                control = fields.getInt() & 0xFFFF_FFFFL;
                frameWidth = fields.getInt();
                frameHeight = fields.getInt();
            }
            if (!endChunk()) {
                return false;
            }
        }
        return true;
    }

    /** Reads the chunks of an image. */
    private boolean pixels(ChunkRun run) throws IOException {
        byte[] buffer = new byte[BUFFER];
        int kind = type;
        long number = control;
        while (type == kind) {
            if (run.count == MAX_IDATS || length < run.skipped
                    || kind == FDAT && (u32() & 0xFFFF_FFFFL) != ++number) {
                return false;
            }
            run.add(length - run.skipped);
            for (int left = length - run.skipped; left > 0;) {
                int n = in.readNBytes(buffer, 0, Math.min(left, BUFFER));
                if (n == 0) {
                    return false;
                }
                chunkCrc.update(buffer, 0, n);
                at += n;
                left -= n;
            }
            if (!endChunk()) {
                return false;
            }
        }
        runs.add(run);
        return true;
    }

    private boolean end() throws IOException {
        int expected = (int) chunkCrc.getValue();
        if (type != IEND || length != 0 || u32() != expected) {
            return false;
        }
        trailing = in.readNBytes(MAX_KEPT_BYTES + 1);
        return kept + trailing.length <= MAX_KEPT_BYTES;
    }

    /** Reads length and type of a chunk. */
    private boolean chunk() throws IOException {
        length = u32();
        chunkCrc.reset();
        type = u32();
        return length >= 0;
    }

    /** Checks the chunk's CRC and goes on to the next one. */
    private boolean endChunk() throws IOException {
        int expected = (int) chunkCrc.getValue();
        return u32() == expected && chunk();
    }

    private int u32() throws IOException {
        return ByteBuffer.wrap(bytes(Integer.BYTES)).getInt();
    }

    private byte[] bytes(int n) throws IOException {
        byte[] bytes = in.readNBytes(n);
        if (bytes.length < n) {
            throw new EOFException();
        }
        chunkCrc.update(bytes);
        at += n;
        return bytes;
    }

    /** The compressed pixels of an image without what is around them. */
    InputStream open(ChunkRun run) throws IOException {
        return new Pixels(run, content.slice(run.at, run.fileBytes()).open());
    }

    private static final class Pixels extends BulkInputStream {

        private final ChunkRun run;
        private final InputStream file;
        private int chunk;
        private int left;

        Pixels(ChunkRun run, InputStream file) throws IOException {
            this.run = run;
            this.file = file;
            left = run.sizes[0];
            file.skipNBytes(run.skipped);
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            while (left == 0) {
                if (chunk == run.count - 1) {
                    return -1;
                }
                file.skipNBytes(CHUNK_FIELDS + run.skipped);
                left = run.sizes[++chunk];
            }
            int n = file.read(b, off, Math.min(len, left));
            left -= Math.max(n, 0);
            return n;
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
