package org.bbans.codec.content.gzip;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.bbans.codec.content.deflate.DeflateRecipe;
import org.bbans.codec.content.deflate.Inflation;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Expansion;
import org.bbans.codec.io.Spool;

/**
 * Takes a gzip file of one member apart into its content and a few bytes from which the very same file can be made
 * again, whoever wrote it ({@link DeflateRecipe}).
 *
 * <p>The wrapping's bytes: length of the gzip header (2 bytes), length of the recipe (4 bytes), the gzip header, the
 * recipe, and what follows the member. Little endian.
 */
public final class GzipWrapping {

    /** The kind of {@link Wrapping} that this class makes and understands. */
    public static final int KIND = 1;

    /** Larger files are left as they are, and files with more content than {@link Expansion#most}. */
    static final long MAX_BYTES = 1L << 30;

    private static final int ID = 0x8B1F;
    private static final int DEFLATE = 8;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xE0;
    private static final int TRAILER_BYTES = 8;
    private static final int MAX_PART_BYTES = 1 << 16;
    private static final int FIXED_BYTES = 6;
    /** A recipe that takes a larger part of the content than this would cost what the content's model wins. */
    private static final int RECIPE_SHARE = 16;
    private static final int LEAST_RECIPE = 256;
    private static final int BUFFER = 1 << 16;

    private GzipWrapping() {}

    /** Whether a file that begins like this may be a gzip file. */
    public static boolean looksLikeGzip(byte[] head, int length) {
        return length >= 18 && (head[0] & 0xFF) == (ID & 0xFF) && (head[1] & 0xFF) == ID >> 8 && head[2] == DEFLATE;
    }

    /**
     * Takes a file apart.
     *
     * @param file the gzip file
     * @param content receives the content; left with anything if the result is empty
     * @return what {@link #rewrap} needs; empty if the file is not one gzip member that can be restored byte for byte
     * @throws IOException if a file cannot be read or written
     */
    public static Optional<byte[]> unwrap(ContentView file, Spool content) throws IOException {
        long size = file.size();
        if (size > MAX_BYTES) {
            return Optional.empty();
        }
        byte[] header;
        byte[] trailing;
        CRC32 crc = new CRC32();
        try (InputStream in = file.open()) {
            header = header(in);
            if (header == null) {
                return Optional.empty();
            }
            Optional<Inflation> body = Inflation.of(in, size, false, Expansion.most(size, MAX_BYTES),
                    new CheckedOutputStream(content, crc));
            if (body.isEmpty()) {
                return Optional.empty();
            }
            byte[] rest = body.get().rest();
            byte[] tail = Arrays.copyOf(rest, TRAILER_BYTES + MAX_PART_BYTES + 1);
            int n = rest.length + in.readNBytes(tail, rest.length, Math.max(tail.length - rest.length, 0));
            if (n < TRAILER_BYTES || n == tail.length) {
                return Optional.empty();
            }
            trailing = Arrays.copyOfRange(tail, 0, n);
            ByteBuffer trailer = ByteBuffer.wrap(trailing).order(ByteOrder.LITTLE_ENDIAN);
            if (trailer.getInt() != (int) crc.getValue() || trailer.getInt() != (int) body.get().bytes()) {
                return Optional.empty();
            }
            trailing = Arrays.copyOfRange(trailing, TRAILER_BYTES, trailing.length);
        }
        int headerLength = header.length;
        int most = mostRecipe(content.size());
        Optional<byte[]> recipe = DeflateRecipe.of(() -> {
            InputStream in = new BufferedInputStream(file.open(), BUFFER);
            in.skipNBytes(headerLength);
            return in;
        }, content::open, DeflateRecipe.MAX_WINDOW_BITS, most);
        if (recipe.isEmpty()) {
            return Optional.empty();
        }
        ByteBuffer data = ByteBuffer.allocate(FIXED_BYTES + header.length + recipe.get().length + trailing.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        data.putShort((short) header.length).putInt(recipe.get().length).put(header).put(recipe.get()).put(trailing);
        return Optional.of(data.array());
    }

    /**
     * Makes the gzip file again.
     *
     * @param wrapping with what {@link #unwrap} returned
     * @param content the content
     * @param out receives the file; left open
     * @throws CorruptArchiveException if the wrapping is malformed or does not fit the content
     */
    public static void rewrap(Wrapping wrapping, InputStream content, OutputStream out) throws IOException {
        byte[] data = wrapping.data();
        ByteBuffer fields = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        int header = data.length < FIXED_BYTES ? -1 : fields.getShort() & 0xFFFF;
        int recipe = data.length < FIXED_BYTES ? -1 : fields.getInt();
        if (header < 0 || recipe < 0 || recipe > data.length - FIXED_BYTES - header) {
            throw new CorruptArchiveException("the parameters of the gzip wrapping are damaged");
        }
        CRC32 crc = new CRC32();
        BufferedOutputStream file = new BufferedOutputStream(out, BUFFER);
        file.write(data, FIXED_BYTES, header);
        int behind = FIXED_BYTES + header + recipe;
        CountingInputStream counted = new CountingInputStream(new CheckedInputStream(content, crc));
        DeflateRecipe.restore(Arrays.copyOfRange(data, FIXED_BYTES + header, behind),
                wrapping.size() - header - TRAILER_BYTES - (data.length - behind), counted, file);
        file.write(ByteBuffer.allocate(TRAILER_BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt((int) crc.getValue())
                .putInt((int) counted.count).array());
        file.write(data, behind, data.length - behind);
        file.flush();
    }

    /** Bytes that a recipe for a stream of so much content may take. */
    static int mostRecipe(long contentBytes) {
        return (int) Math.min(Wrapping.MAX_BYTES / 2, LEAST_RECIPE + contentBytes / RECIPE_SHARE);
    }

    /** Reads a member's header; null if it is none that RFC 1952 allows. */
    private static byte[] header(InputStream in) throws IOException {
        Recorder r = new Recorder(in);
        try {
            if (r.u16() != ID || r.u8() != DEFLATE) {
                return null;
            }
            int flags = r.u8();
            if ((flags & RESERVED) != 0) {
                return null;
            }
            r.skip(6);
            if ((flags & EXTRA) != 0) {
                r.skip(r.u16());
            }
            for (int text = flags & (NAME | COMMENT); text != 0; text &= text - 1) {
                while (r.u8() != 0) {
                    continue;
                }
            }
            if ((flags & HEADER_CRC) != 0) {
                r.skip(2);
            }
            return Arrays.copyOf(r.bytes, r.length);
        } catch (EOFException e) {
            return null;
        }
    }

    /** Reads a header and keeps its bytes. */
    private static final class Recorder {

        private final InputStream in;
        private byte[] bytes = new byte[64];
        private int length;

        Recorder(InputStream in) {
            this.in = in;
        }

        int u8() throws IOException {
            int b = in.read();
            if (b < 0 || length == MAX_PART_BYTES - 1) {
                throw new EOFException();
            }
            if (length == bytes.length) {
                bytes = Arrays.copyOf(bytes, 2 * length);
            }
            bytes[length++] = (byte) b;
            return b;
        }

        int u16() throws IOException {
            int low = u8();
            return low | u8() << 8;
        }

        void skip(int n) throws IOException {
            for (int i = 0; i < n; i++) {
                u8();
            }
        }
    }

    private static final class CountingInputStream extends InputStream {

        private final InputStream in;
        private long count;

        CountingInputStream(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            count += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            int n = in.read(b, off, len);
            count += Math.max(n, 0);
            return n;
        }
    }
}
