package org.bbans.codec.content.png;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.bbans.codec.content.deflate.DeflateRecipe;
import org.bbans.codec.content.deflate.DeflateStreams;
import org.bbans.codec.content.deflate.Inflation;
import org.bbans.codec.content.deflate.StreamRestorer;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.bbans.codec.wire.BitCoder;
import org.bbans.codec.wire.Varint;

/**
 * Takes a PNG file apart into its pixels, as a Netpbm image (PGM, PPM, or PAM if it has alpha), and what else it has,
 * from which with the pixels the very same file can be made again: chunks as they are, filters of rows as differences
 * from the usual choice ({@link RowFilter}), the compression as a {@link DeflateRecipe}.
 *
 * <p>The wrapping's bytes: depth, colour type, interlace (a byte each);
 * width and height (varints); the chunks before the pixels, each its length plus 1 (varint), type and data, then 0;
 * number of chunks with pixels (varint), and the size of each (varint), or 0 and one size of all of them but the last
 * (0 if there is but one); the two bytes in front of the DEFLATE stream; what stands behind its checksum (a varint's
 * number of bytes); the chunks behind the pixels, as those before; what follows the last chunk (so too); the codes of
 * the filters (so too); the recipe.
 */
public final class PngWrapping {

    /** The kind of {@link Wrapping} that this class makes and understands. */
    public static final int KIND = 2;

    private static final int BUFFER = 1 << 16;
    private static final int MAX_EXTRA_BYTES = 1 << 16;
    private static final int ZLIB_BYTES = 2;
    private static final int ADLER_BYTES = 4;
    /** A recipe that takes larger parts than these of the file and of the pixels would cost what their model wins. */
    private static final int FILE_SHARE = 4;
    private static final int PIXEL_SHARE = 12;
    private static final int LEAST_RECIPE = 256;

    private PngWrapping() {}

    /** Whether a file that begins like this may be a PNG file. */
    public static boolean looksLikePng(byte[] head, int length) {
        return length > PngFile.SIGNATURE.length
                && Arrays.equals(head, 0, PngFile.SIGNATURE.length, PngFile.SIGNATURE, 0, PngFile.SIGNATURE.length);
    }

    /**
     * Takes a file apart.
     *
     * @param png the PNG file
     * @param content receives the Netpbm images; left with anything if the result is empty
     * @return what {@link #rewrap} needs; empty if the file is not one that can be restored byte for byte
     * @throws IOException if a file cannot be read or written
     */
    public static Optional<byte[]> unwrap(ContentView png, Spool content) throws IOException {
        Optional<PngFile> frames = PngFile.of(png, true);
        boolean hasFrames = frames.isPresent() && frames.get().runs.size() > 1;
        try (Spool images = content.another()) {
            Optional<byte[]> data = frames.isPresent() ? unwrap(frames.get(), png.size(), images) : Optional.empty();
            // Frames that are not as they should be do not keep the first image from being taken out.
            Optional<PngFile> first = data.isEmpty() && (frames.isEmpty() || hasFrames) ? PngFile.of(png, false)
                    : Optional.empty();
            if (first.isPresent()) {
                return unwrap(first.get(), png.size(), content);
            }
            try (InputStream in = images.open()) {
                in.transferTo(content);
            }
            return data;
        }
    }

    private static Optional<byte[]> unwrap(PngFile file, long fileBytes, Spool content) throws IOException {
        try (Spool rows = content.another()) {
            List<byte[]> extra = new ArrayList<>();
            for (PngFile.ChunkRun run : file.runs) {
                byte[] behind = inflate(file, run, rows);
                if (behind == null) {
                    return Optional.empty();
                }
                extra.add(behind);
            }
            byte[] filters = pixels(file, rows, content);
            if (filters == null) {
                return Optional.empty();
            }
            List<byte[]> zlib = new ArrayList<>();
            for (PngFile.ChunkRun run : file.runs) {
                try (InputStream in = file.open(run)) {
                    zlib.add(in.readNBytes(ZLIB_BYTES));
                }
            }
            Optional<byte[]> recipe = recipe(file, fileBytes, rows, 8 + ((zlib.get(0)[0] & 0xFF) >> 4));
            return recipe.map(bytes -> data(file, zlib, extra, filters, bytes));
        }
    }

    /** Inflates the rows; returns the bytes behind the checksum, null if they are not rows of the image's size. */
    private static byte[] inflate(PngFile file, PngFile.ChunkRun run, Spool rows) throws IOException {
        long plain = run.shape.packedBytes();
        try (InputStream in = file.open(run)) {
            Optional<Inflation> inflation =
                    Inflation.of(in, BUFFER, true, plain, rows).filter(all -> all.bytes() == plain);
            if (inflation.isEmpty()) {
                return null;
            }
            ByteArrayOutputStream extra = new ByteArrayOutputStream();
            extra.writeBytes(inflation.get().rest());
            extra.writeBytes(in.readNBytes(MAX_EXTRA_BYTES + 1));
            return extra.size() <= MAX_EXTRA_BYTES ? extra.toByteArray() : null;
        }
    }

    /** Writes the images and returns the codes of their filters; null if a row is not of the usual form. */
    private static byte[] pixels(PngFile file, Spool rows, Spool content) throws IOException {
        BitCoder.Writer codes = new BitCoder.Writer();
        RowFilter filters = new RowFilter(codes, file.shape.filterStep());
        try (InputStream in = rows.open()) {
            for (PngFile.ChunkRun run : file.runs) {
                content.write(run.shape.netpbmHeader());
                if (!pixels(run.shape, filters, in, content)) {
                    return null;
                }
            }
        }
        return codes.finish();
    }

    private static boolean pixels(PngShape shape, RowFilter filters, InputStream in, Spool content)
            throws IOException {
        byte[] image = new byte[shape.interlaced() ? (int) shape.imageBytes() : shape.rowBytes()];
        for (PngShape.Pass pass : shape.passes()) {
            int n = shape.packedBytes(pass.width());
            byte[] row = new byte[n];
            byte[] above = new byte[n];
            for (int y = 0; y < pass.height(); y++) {
                int filter = in.read();
                in.readNBytes(row, 0, n);
                if (filter >= RowFilter.FILTERS) {
                    return false;
                }
                filters.undo(filter, row, above, n);
                filters.code(row, above, n, filter);
                int off = shape.interlaced() ? (pass.y() + y * pass.stepY()) * shape.rowBytes() : 0;
                if (!shape.unpack(pass, row, image, off)) {
                    return false;
                }
                if (!shape.interlaced()) {
                    content.write(image);
                }
                byte[] swap = above;
                above = row;
                row = swap;
            }
        }
        if (shape.interlaced()) {
            content.write(image);
        }
        return true;
    }

    private static Optional<byte[]> recipe(PngFile file, long fileBytes, Spool rows, int windowBits)
            throws IOException {
        long share = Math.min(fileBytes / 2, Math.max(fileBytes / FILE_SHARE, rows.size() / PIXEL_SHARE));
        int most = (int) Math.min(Wrapping.MAX_BYTES / 2, LEAST_RECIPE + share);
        DeflateStreams streams = new DeflateStreams() {
            @Override
            public int count() {
                return file.runs.size();
            }

            @Override
            public InputStream deflated(int stream) throws IOException {
                InputStream in = file.open(file.runs.get(stream));
                in.skipNBytes(ZLIB_BYTES);
                return in;
            }

            @Override
            public long plainBytes(int stream) {
                return file.runs.get(stream).shape.packedBytes();
            }

            @Override
            public InputStream plain() throws IOException {
                return rows.open();
            }
        };
        int largest = DeflateRecipe.MAX_WINDOW_BITS;
        Optional<byte[]> usual = DeflateRecipe.of(streams, largest, most);
        int window = Math.min(Math.max(windowBits, DeflateRecipe.MIN_WINDOW_BITS), largest);
        if (window == largest) {
            return usual;
        }
        // Encoders for small images reduce the window, or what the header says of it.
        Optional<byte[]> small = DeflateRecipe.of(streams, window,
                usual.map(u -> u.length).orElse(most));
        return small.isPresent() && (usual.isEmpty() || small.get().length < usual.get().length) ? small : usual;
    }

    private static byte[] data(PngFile file, List<byte[]> zlib, List<byte[]> extra, byte[] filters, byte[] recipe) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PngShape shape = file.shape;
        out.write(shape.depth());
        out.write(shape.colour());
        out.write(shape.interlaced() ? 1 : 0);
        Varint.write(out, shape.width());
        Varint.write(out, shape.height());
        out.writeBytes(file.before.toByteArray());
        out.write(0);
        for (int i = 0; i < file.runs.size(); i++) {
            if (i > 0) {
                out.write(1);
                out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(PngFile.FDAT).array());
            }
            sizes(file.runs.get(i), i > 0, out);
            out.writeBytes(zlib.get(i));
            counted(extra.get(i), out);
            out.writeBytes(file.behind.get(i).toByteArray());
        }
        out.write(0);
        counted(file.trailing, out);
        counted(filters, out);
        out.writeBytes(recipe);
        return out.toByteArray();
    }

    private static void counted(byte[] bytes, ByteArrayOutputStream out) {
        Varint.write(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static void sizes(PngFile.ChunkRun run, boolean isFrame, ByteArrayOutputStream out) {
        int first = run.sizes[0];
        int last = run.sizes[run.count - 1];
        boolean usual = last > 0 && last <= first;
        for (int i = 0; i < run.count - 1; i++) {
            usual &= run.sizes[i] == first;
        }
        if (usual) {
            out.write(0);
            Varint.write(out, run.count == 1 ? 0 : first);
            if (isFrame) {
                Varint.write(out, run.total());
            }
            return;
        }
        Varint.write(out, run.count);
        for (int i = 0; i < run.count; i++) {
            Varint.write(out, run.sizes[i]);
        }
    }

    /**
     * Makes the PNG file again.
     *
     * @param wrapping with what {@link #unwrap} returned
     * @param content the Netpbm image
     * @param out receives the file; left open
     * @throws CorruptArchiveException if the wrapping is malformed or does not fit the content
     */
    public static void rewrap(Wrapping wrapping, InputStream content, OutputStream out) throws IOException {
        WrappingInput in = new WrappingInput(wrapping.data());
        int depth = in.u8();
        int colour = in.u8();
        int interlace = in.u8();
        PngShape shape = new PngShape(in.int31(), in.int31(), depth, colour, interlace == 1);
        if (interlace > 1 || !shape.isValid()) {
            throw new CorruptArchiveException("the PNG wrapping is of an image that cannot be");
        }
        ByteArrayOutputStream before = new ByteArrayOutputStream();
        before.write(PngFile.SIGNATURE);
        chunk(PngFile.IHDR, ByteBuffer.allocate(PngFile.IHDR_BYTES).putInt(shape.width()).putInt(shape.height())
                .put((byte) depth).put((byte) colour).putShort((short) 0).put((byte) interlace).array(), before);
        List<Image> images = images(in, shape, before);
        ByteArrayOutputStream behind = images.get(images.size() - 1).behind;
        chunk(PngFile.IEND, new byte[0], behind);
        behind.write(in.bytes(in.size()));
        byte[] filters = in.bytes(in.size());
        byte[] recipe = in.bytes(in.left());
        long others = before.size();
        for (Image image : images) {
            others += image.behind.size() + (image.isFrame ? image.fileBytes() : 0);
        }
        PngRows rows = new PngRows(images.stream().map(image -> image.shape).toList(), content, filters);
        StreamRestorer deflater = new StreamRestorer(recipe, rows);
        BufferedOutputStream file = new BufferedOutputStream(out, BUFFER);
        before.writeTo(file);
        for (int i = 0; i < images.size(); i++) {
            images.get(i).write(wrapping.size() - others, deflater, rows, i, file);
        }
        if (content.read() >= 0) {
            throw new CorruptArchiveException("the content is longer than the PNG wrapping says");
        }
        file.flush();
    }

    /** An image as the wrapping has it, and the chunks behind it. */
    private static final class Image {

        private final PngShape shape;
        private final boolean isFrame;
        private final int number;
        private final long[] sizes;
        private final int usual;
        private final long total;
        private final byte[] zlib;
        private final byte[] extra;
        private final ByteArrayOutputStream behind = new ByteArrayOutputStream();

        /** @param number of a frame's first chunk */
        Image(WrappingInput in, PngShape shape, boolean isFrame, int number) throws CorruptArchiveException {
            this.shape = shape;
            this.isFrame = isFrame;
            this.number = number;
            sizes = new long[in.size()];
            for (int i = 0; i < sizes.length; i++) {
                sizes[i] = in.int31();
            }
            usual = sizes.length == 0 ? in.int31() : 0;
            total = sizes.length > 0 ? Arrays.stream(sizes).sum() : isFrame ? in.int31() : 0;
            zlib = in.bytes(ZLIB_BYTES);
            extra = in.bytes(in.size());
        }

        /** Bytes of a frame's chunks. */
        long fileBytes() {
            long chunks = sizes.length > 0 ? sizes.length : usual == 0 ? 1 : (total + usual - 1) / usual;
            return total + chunks * (PngFile.CHUNK_FIELDS + Integer.BYTES);
        }

        /** @param idatBytes bytes of the IDAT chunks */
        void write(long idatBytes, StreamRestorer deflater, PngRows rows, int image, OutputStream file)
                throws IOException {
            long bytes = isFrame ? total : idatBytes - PngFile.CHUNK_FIELDS * count(idatBytes, usual, sizes);
            IdatOutput idat = new IdatOutput(file, bytes, usual, sizes, isFrame, number);
            idat.write(zlib);
            BufferedOutputStream deflated = new BufferedOutputStream(idat, BUFFER);
            long size = bytes - ZLIB_BYTES - ADLER_BYTES - extra.length;
            if (deflater.restore(shape.packedBytes(), size, deflated) != size) {
                throw new CorruptArchiveException("the PNG wrapping has sizes of chunks that do not fit");
            }
            deflated.flush();
            idat.write(ByteBuffer.allocate(ADLER_BYTES).putInt(rows.checksum(image)).array());
            idat.write(extra);
            behind.writeTo(file);
        }
    }

    /** Reads the chunks in front of the first image, it and the later frames with the chunks behind each. */
    private static List<Image> images(WrappingInput in, PngShape shape, OutputStream before) throws IOException {
        List<Image> images = new ArrayList<>();
        ByteBuffer control = null;
        OutputStream out = before;
        long plain = shape.packedBytes();
        while (true) {
            int length = in.size();
            if (length == 0 && images.isEmpty()) {
                images.add(new Image(in, shape, false, 0));
                out = images.get(0).behind;
                continue;
            }
            if (length == 0) {
                return images;
            }
            int type = in.int32();
            byte[] data = in.bytes(length - 1);
            if (type == PngFile.FDAT && length == 1) {
                PngShape frame = control == null || images.isEmpty() || images.size() == PngFile.MAX_IMAGES ? null
                        : new PngShape(control.getInt(PngFile.FRAME_EXTENTS),
                                control.getInt(PngFile.FRAME_EXTENTS + Integer.BYTES), shape.depth(), shape.colour(),
                                shape.interlaced());
                plain += frame == null || !frame.isValid() ? PngFile.MAX_PLAIN : frame.packedBytes();
                if (plain > PngFile.MAX_PLAIN) {
                    throw new CorruptArchiveException("the PNG wrapping is of an image that cannot be");
                }
                images.add(new Image(in, frame, true, control.getInt(0) + 1));
                out = images.get(images.size() - 1).behind;
                continue;
            }
            control = type == PngFile.FCTL && data.length >= PngFile.FRAME_EXTENTS + 2 * Integer.BYTES
                    ? ByteBuffer.wrap(data) : control;
            chunk(type, data, out);
        }
    }

    /** Number of IDAT chunks that take so many bytes: one for each of the sizes, or of the usual size. */
    private static long count(long chunks, long usual, long[] sizes) {
        if (sizes.length > 0) {
            return sizes.length;
        }
        long each = usual + PngFile.CHUNK_FIELDS;
        return usual == 0 ? 1 : (chunks + each - 1) / each;
    }

    private static void chunk(int type, byte[] data, OutputStream out) throws IOException {
        CRC32 crc = new CRC32();
        byte[] named = ByteBuffer.allocate(Integer.BYTES + data.length).putInt(type).put(data).array();
        crc.update(named);
        out.write(ByteBuffer.allocate(Integer.BYTES).putInt(data.length).array());
        out.write(named);
        out.write(ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array());
    }

    /** The fields of a wrapping. */
    private static final class WrappingInput {

        private final ByteBuffer bytes;
        private static final int MAX_VARINT_BYTES = 5;

        WrappingInput(byte[] data) {
            bytes = ByteBuffer.wrap(data).order(ByteOrder.BIG_ENDIAN);
        }

        int left() {
            return bytes.remaining();
        }

        int u8() throws CorruptArchiveException {
            require(1);
            return bytes.get() & 0xFF;
        }

        int int32() throws CorruptArchiveException {
            require(Integer.BYTES);
            return bytes.getInt();
        }

        /** A varint below 2^31. */
        int int31() throws CorruptArchiveException {
            long value = 0;
            for (int i = 0; i < MAX_VARINT_BYTES; i++) {
                int b = u8();
                value |= (b & 0x7FL) << 7 * i;
                if (b < 0x80) {
                    if (value > Integer.MAX_VALUE || b == 0 && i > 0) {
                        break;
                    }
                    return (int) value;
                }
            }
            throw malformed();
        }

        /** A number of things of a byte or more that follow. */
        int size() throws CorruptArchiveException {
            int n = int31();
            if (n > left()) {
                throw malformed();
            }
            return n;
        }

        byte[] bytes(int n) throws CorruptArchiveException {
            require(n);
            byte[] b = new byte[n];
            bytes.get(b);
            return b;
        }

        private void require(int n) throws CorruptArchiveException {
            if (n > left()) {
                throw malformed();
            }
        }

        private static CorruptArchiveException malformed() {
            return new CorruptArchiveException("the parameters of the PNG wrapping are damaged");
        }
    }
}
