package org.bbans.codec.content.tiff;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bbans.codec.block.OpaqueBlock;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.Varint;

/**
 * What a TIFF wrapping says.
 *
 * @param isBigEndian whether the file's numbers have their most significant byte first
 * @param lzw how strips are packed by LZW; null if they are by DEFLATE
 * @param zlib the two bytes in front of every DEFLATE stream; none for LZW
 * @param shapes the images, in the order of their strips
 * @param tables where numbers about strips are among the bytes that are kept, ascending
 * @param gaps how many kept bytes there are before each strip, as coded bits
 * @param kept the bytes of the file that are no strips, with tables as differences
 * @param recipe of all DEFLATE streams
 */
record TiffParameters(boolean isBigEndian, LzwEncoder.Rule lzw, byte[] zlib, List<TiffShape> shapes,
        List<StripTable> tables,
        byte[] gaps, byte[] kept, byte[] recipe) {

    /** Bytes that may be kept. */
    static final int MAX_KEPT = 1 << 23;
    static final int ZLIB_BYTES = 2;
    /** Packed images of a file; what comes behind so many stays packed. */
    static final int MAX_IMAGES = 1 << 16;

    private static final int BIG_ENDIAN = 1;
    private static final int LZW = 2;
    private static final int LZMA2 = 4;
    private static final int LZW_FULL = 8;
    /** From this number of bytes on, those that are kept are packed here; fewer are left to whoever keeps them. */
    private static final int LEAST_PACKED = 1 << 10;

    private static final int BITS = 7;
    private static final int TILES = 8;
    private static final int PLANES = 16;
    private static final int SIGNED = 32;
    private static final int PREDICTED = 64;

    byte[] toBytes() throws IOException {
        byte[] packed = kept.length < LEAST_PACKED ? kept : OpaqueBlock.lzma2(kept);
        boolean packs = packed.length < kept.length - kept.length / 4;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write((isBigEndian ? BIG_ENDIAN : 0)
                + (lzw == null ? 0 : lzw == LzwEncoder.Rule.FULL ? LZW + LZW_FULL : LZW) + (packs ? LZMA2 : 0));
        out.writeBytes(zlib);
        Varint.write(out, shapes.size());
        TiffShape before = null;
        for (TiffShape shape : shapes) {
            write(shape, before, out);
            before = shape;
        }
        Varint.write(out, tables.size());
        long at = 0;
        for (StripTable table : tables) {
            Varint.write(out, table.from() - at);
            Varint.write(out, table.count());
            Varint.write(out, table.first());
            out.write(Integer.numberOfTrailingZeros(table.bytes()) + (table.ofSizes() ? StripTable.OF_SIZES : 0));
            at = table.end();
        }
        Varint.write(out, gaps.length);
        out.writeBytes(gaps);
        Varint.write(out, kept.length);
        if (packs) {
            Varint.write(out, packed.length);
        }
        out.writeBytes(packs ? packed : kept);
        out.writeBytes(recipe);
        return out.toByteArray();
    }

    private static void write(TiffShape shape, TiffShape before, ByteArrayOutputStream out) {
        if (shape.equals(before)) {
            out.write(0);
            return;
        }
        boolean tiles = shape.tileWidth() > 0;
        out.write(1 + Integer.numberOfTrailingZeros(shape.bits()) + (tiles ? TILES : 0)
                + (shape.isPlanar() ? PLANES : 0) + (shape.isSigned() ? SIGNED : 0)
                + (shape.isPredicted() ? PREDICTED : 0));
        Varint.write(out, shape.width());
        Varint.write(out, shape.height());
        Varint.write(out, shape.channels());
        Varint.write(out, shape.rows());
        if (tiles) {
            Varint.write(out, shape.tileWidth());
        }
    }

    /** @throws CorruptArchiveException if something is not as it can be */
    static TiffParameters of(byte[] data) throws IOException {
        try {
            return read(data);
        } catch (CorruptArchiveException e) {
            throw new CorruptArchiveException(TiffWrapping.DAMAGED, e);
        }
    }

    private static TiffParameters read(byte[] data) throws IOException {
        FormatInput in = new FormatInput(new ByteArrayInputStream(data), 0);
        int flags = in.readByte(TiffWrapping.DAMAGED);
        require(flags < 2 * LZW_FULL && (flags & (LZW + LZW_FULL)) != LZW_FULL);
        LzwEncoder.Rule lzw = (flags & LZW) == 0 ? null
                : (flags & LZW_FULL) != 0 ? LzwEncoder.Rule.FULL : LzwEncoder.Rule.CHECKED;
        byte[] zlib = in.readBytes(lzw != null ? 0 : ZLIB_BYTES, TiffWrapping.DAMAGED);
        List<TiffShape> shapes = shapes(in);
        long strips = shapes.stream().mapToLong(TiffShape::strips).sum();
        require(strips <= TiffShape.MAX_STRIPS
                && shapes.stream().mapToLong(TiffShape::plainBytes).sum() <= TiffShape.MAX_PLAIN);
        List<StripTable> tables = tables(in, shapes.size(), strips);
        byte[] gaps = in.readBytes(size(in, data.length - in.position()), TiffWrapping.DAMAGED);
        int kept = size(in, MAX_KEPT);
        boolean packs = (flags & LZMA2) != 0;
        int packed = packs ? size(in, data.length - in.position()) : kept;
        byte[] bytes = in.readBytes(packed, TiffWrapping.DAMAGED);
        require(tables.isEmpty() || tables.get(tables.size() - 1).end() <= kept);
        return new TiffParameters((flags & BIG_ENDIAN) != 0, lzw, zlib, shapes, tables, gaps,
                packs ? OpaqueBlock.decode(BlockKind.LZMA2, bytes, kept) : bytes,
                in.readBytes(data.length - in.position(), TiffWrapping.DAMAGED));
    }

    private static List<TiffShape> shapes(FormatInput in) throws IOException {
        List<TiffShape> shapes = new ArrayList<>();
        int n = size(in, MAX_IMAGES);
        require(n > 0);
        for (int i = 0; i < n; i++) {
            int form = in.readByte(TiffWrapping.DAMAGED);
            require(form > 0 || i > 0);
            shapes.add(form == 0 ? shapes.get(i - 1) : shape(in, form));
        }
        return shapes;
    }

    private static TiffShape shape(FormatInput in, int form) throws IOException {
        require(form < 2 * PREDICTED && (form & BITS) >= 1 && (form & BITS) <= 5);
        int width = size(in, Integer.MAX_VALUE);
        int height = size(in, Integer.MAX_VALUE);
        int channels = size(in, Integer.MAX_VALUE);
        int rows = size(in, Integer.MAX_VALUE);
        int tileWidth = (form & TILES) != 0 ? size(in, Integer.MAX_VALUE) : 0;
        TiffShape shape = new TiffShape(width, height, channels, 1 << (form & BITS) - 1, tileWidth, rows,
                (form & PLANES) != 0, (form & SIGNED) != 0, (form & PREDICTED) != 0);
        require((tileWidth > 0 || (form & TILES) == 0) && shape.isValid());
        return shape;
    }

    private static List<StripTable> tables(FormatInput in, int images, long strips) throws IOException {
        List<StripTable> tables = new ArrayList<>();
        long at = 0;
        for (int n = size(in, 2L * images); n > 0; n--) {
            long from = at + size(in, MAX_KEPT);
            long count = size(in, MAX_KEPT);
            long first = size(in, TiffShape.MAX_STRIPS);
            int kind = in.readByte(TiffWrapping.DAMAGED);
            int log = kind & ~StripTable.OF_SIZES;
            require(count > 0 && first + count <= strips && log >= 1 && log <= 3);
            StripTable table = new StripTable(from, count, first, 1 << log, kind != log);
            at = table.end();
            require(at <= MAX_KEPT);
            tables.add(table);
        }
        return tables;
    }

    private static int size(FormatInput in, long most) throws IOException {
        long n = in.readVarint(TiffWrapping.DAMAGED);
        require(n <= most);
        return (int) n;
    }

    private static void require(boolean condition) throws CorruptArchiveException {
        if (!condition) {
            throw new CorruptArchiveException(TiffWrapping.DAMAGED);
        }
    }
}
