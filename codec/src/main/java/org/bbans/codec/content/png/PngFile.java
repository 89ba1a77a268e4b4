package org.bbans.codec.content.png;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;
import org.bbans.codec.block.BulkInputStream;
import org.bbans.codec.block.ContentView;
import org.bbans.codec.wire.Varint;

/** The parts of a PNG file, of which nothing but the compressed pixels is left out. */
final class PngFile {

    static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    static final int IHDR = 0x49484452;
    static final int IDAT = 0x49444154;
    static final int IEND = 0x49454E44;
    static final int IHDR_BYTES = 13;
    /** Type and length in front of a chunk's data, and the CRC behind it. */
    static final int CHUNK_FIELDS = 12;
    private static final int MAX_KEPT_BYTES = 1 << 22;
    private static final int MAX_IDATS = 1 << 20;
    private static final int BUFFER = 1 << 16;

    private final ContentView content;
    private final InputStream in;
    private final CRC32 chunkCrc = new CRC32();
    private long at;
    private int length;
    private int type;

    /** From the header chunk. */
    PngShape shape;
    /** The chunks before and behind the pixels, as {@link PngWrapping} keeps them. */
    final ByteArrayOutputStream before = new ByteArrayOutputStream();
    final ByteArrayOutputStream behind = new ByteArrayOutputStream();
    /** What follows the last chunk. */
    byte[] trailing;
    /** Sizes of the chunks with the compressed pixels. */
    int[] sizes = new int[16];
    int idats;
    private long firstIdat;

    private PngFile(ContentView content, InputStream in) {
        this.content = content;
        this.in = in;
    }

    /** Reads a file; empty if it is not of the usual form, which keeps what is read here small. */
    static Optional<PngFile> of(ContentView content) throws IOException {
        try (InputStream in = content.open()) {
            PngFile file = new PngFile(content, in);
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
        return usual && shape.isValid() && endChunk() && chunks(before) && type == IDAT && pixels() && chunks(behind)
                && end();
    }

    /** Keeps chunks up to one of pixels or the last one, whose fields only are read. */
    private boolean chunks(ByteArrayOutputStream kept) throws IOException {
        while (type != IDAT && type != IEND) {
            if (before.size() + behind.size() + (long) length > MAX_KEPT_BYTES) {
                return false;
            }
            Varint.write(kept, length + 1L);
            kept.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(type).array());
            kept.writeBytes(bytes(length));
            if (!endChunk()) {
                return false;
            }
        }
        kept.write(0);
        return true;
    }

    private boolean pixels() throws IOException {
        firstIdat = at;
        byte[] buffer = new byte[BUFFER];
        while (type == IDAT) {
            if (idats == MAX_IDATS) {
                return false;
            }
            sizes = idats == sizes.length ? Arrays.copyOf(sizes, 2 * idats) : sizes;
            sizes[idats++] = length;
            for (int left = length; left > 0;) {
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
        return true;
    }

    private boolean end() throws IOException {
        int expected = (int) chunkCrc.getValue();
        if (type != IEND || length != 0 || u32() != expected) {
            return false;
        }
        trailing = in.readNBytes(MAX_KEPT_BYTES + 1);
        return before.size() + behind.size() + trailing.length <= MAX_KEPT_BYTES;
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

    /** The compressed pixels without what is around them. */
    InputStream open() throws IOException {
        InputStream file = new BufferedInputStream(content.open(), BUFFER);
        try {
            file.skipNBytes(firstIdat);
        } catch (IOException e) {
            file.close();
            throw e;
        }
        return new Pixels(file);
    }

    private final class Pixels extends BulkInputStream {

        private final InputStream file;
        private int chunk;
        private int left = sizes[0];

        Pixels(InputStream file) {
            this.file = file;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            while (left == 0) {
                if (chunk == idats - 1) {
                    return -1;
                }
                file.skipNBytes(CHUNK_FIELDS);
                left = sizes[++chunk];
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
