package org.bbans.codec.content.tiff;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.bbans.codec.content.deflate.DeflateRecipe;
import org.bbans.codec.content.deflate.DeflateStreams;
import org.bbans.codec.content.deflate.StreamRestorer;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Expansion;
import org.bbans.codec.io.Fields;
import org.bbans.codec.io.Spool;
import org.bbans.codec.wire.BitCoder;

/**
 * Takes a TIFF file apart whose pixels are packed by DEFLATE or LZW: into its images, as Netpbm images one behind the
 * other, and what else it has ({@link TiffParameters}), from which with the pixels the very same file can be made
 * again. All DEFLATE streams have one {@link DeflateRecipe}; of LZW only what follows a rule of
 * {@link LzwEncoder} is taken apart.
 */
public final class TiffWrapping {

    /** The kind of {@link Wrapping} that this class makes and understands. */
    public static final int KIND = 7;

    static final String DAMAGED = "the parameters of the TIFF wrapping are damaged";

    private static final int BUFFER = 1 << 16;
    private static final int ADLER_BYTES = 4;
    /** A recipe that takes larger parts than these of the file and of the pixels would cost what their model wins. */
    private static final int FILE_SHARE = 4;
    private static final int PIXEL_SHARE = 12;
    private static final int LEAST_RECIPE = 256;
    /** So much is read of images that turn out to be none, and so many times the file: as often as it is decoded. */
    private static final long FREE_WASTE = 1 << 24;
    private static final int WASTE_TIMES = 4;
    /** Numbers that are worth a table. */
    private static final int LEAST_TABLE = 4;

    private final ContentView file;
    /** Bytes of the file that have been read of strips. */
    private long read;
    /** What has been unpacked. */
    private final List<PackedImage> images = new ArrayList<>();
    private final Spool rows;
    /** How LZW strips are packed; null if they are DEFLATE streams. */
    private LzwEncoder.Rule lzw;
    private int strips;
    private long[] at = new long[16];
    private long[] ends = new long[16];
    private long plainBytes;

    private TiffWrapping(ContentView file, Spool rows) {
        this.file = file.counted(n -> read += n);
        this.rows = rows;
    }

    /**
     * Takes a file apart.
     *
     * @param tiff the TIFF file
     * @param content receives the Netpbm images; left with anything if the result is empty
     * @return what {@link #rewrap} needs; empty if it has no packed pixels, or cannot be restored byte for byte
     * @throws IOException if a file cannot be read or written
     */
    public static Optional<byte[]> unwrap(ContentView tiff, Spool content) throws IOException {
        Fields in = new Fields(tiff);
        List<PackedImage> found = new ArrayList<>();
        try {
            TiffDirectories.visit(in, image -> {
                PackedImage.of(image).ifPresent(found::add);
                return found.size() < TiffParameters.MAX_IMAGES;
            });
        } catch (EOFException malformed) {
            // What was found before is what there is.
        }
        if (found.isEmpty()) {
            return Optional.empty();
        }
        found.sort(Comparator.comparingLong(image -> image.at()[0]));
        try (Spool rows = content.another(); Spool otherRows = content.another()) {
            ContentView file = tiff.paged();
            TiffWrapping usual = new TiffWrapping(file, rows);
            usual.unpack(found, LzwEncoder.Rule.CHECKED);
            TiffWrapping other = new TiffWrapping(file, otherRows);
            if (usual.lzw != null && usual.images.size() < found.size()) {
                other.unpack(found, LzwEncoder.Rule.FULL);
            }
            TiffWrapping best = other.plainBytes > usual.plainBytes ? other : usual;
            return best.images.isEmpty() ? Optional.empty() : best.parameters(in.has(0, "MM"), content);
        }
    }

    /** Unpacks the images that lie behind one another, are packed alike, and are not too many. */
    private void unpack(List<PackedImage> found, LzwEncoder.Rule rule) throws IOException {
        boolean isLzw = found.get(0).isLzw();
        lzw = isLzw ? rule : null;
        byte[] zlib = null;
        long end = 0;
        // Images that turn out to be none count too.
        long tried = 0;
        long most = Expansion.most(file.size(), TiffShape.MAX_PLAIN);
        // Bytes read of these, whose strips may all be the same ones and hold nothing.
        long wasted = 0;
        for (PackedImage image : found) {
            int n = image.at().length;
            long bytes = image.shape().plainBytes();
            if (image.isLzw() != isLzw || image.at()[0] < end || image.at()[n - 1] >= file.size()
                    || strips + n > TiffShape.MAX_STRIPS || tried + bytes > most) {
                continue;
            }
            byte[] start = file.slice(image.at()[0], file.size() - image.at()[0]).start(TiffParameters.ZLIB_BYTES);
            if (!isLzw && zlib != null && !Arrays.equals(start, zlib)) {
                continue;
            }
            if (wasted > FREE_WASTE + WASTE_TIMES * file.size()) {
                break;
            }
            tried += bytes;
            final long before = read;
            long[] imageEnds = new long[n];
            try (Spool unpacked = rows.another()) {
                if (image.unpack(file, end, unpacked, imageEnds, rule)) {
                    zlib = start;
                    end = imageEnds[n - 1];
                    add(image, imageEnds, unpacked);
                } else {
                    wasted += read - before;
                }
            }
        }
    }

    private void add(PackedImage image, long[] imageEnds, Spool unpacked) throws IOException {
        int n = imageEnds.length;
        if (at.length < strips + n) {
            at = Arrays.copyOf(at, Math.max(strips + n, 2 * at.length));
            ends = Arrays.copyOf(ends, at.length);
        }
        System.arraycopy(image.at(), 0, at, strips, n);
        System.arraycopy(imageEnds, 0, ends, strips, n);
        strips += n;
        images.add(image);
        plainBytes += image.shape().plainBytes();
        try (InputStream in = unpacked.open()) {
            in.transferTo(rows);
        }
    }

    private Optional<byte[]> parameters(boolean isBigEndian, Spool content) throws IOException {
        long keptBytes = file.size();
        for (int i = 0; i < strips; i++) {
            keptBytes -= ends[i] - at[i];
        }
        if (keptBytes > TiffParameters.MAX_KEPT || !pixels(isBigEndian, content)) {
            return Optional.empty();
        }
        Optional<byte[]> recipe = lzw != null ? Optional.of(new byte[0]) : recipe();
        if (recipe.isEmpty()) {
            return Optional.empty();
        }
        BitCoder.Writer gaps = new BitCoder.Writer();
        BitCoder.Contexts model = new BitCoder.Contexts(BitCoder.NUMBER_CONTEXTS);
        byte[] kept = new byte[(int) keptBytes];
        List<StripTable> tables = tables();
        StripTable.TableCursor cursor = new StripTable.TableCursor(tables, isBigEndian, false);
        StripTable.Known known = new StripTable.Known(strips);
        long end = 0;
        int filled = 0;
        try (InputStream in = file.open()) {
            for (int i = 0; i <= strips; i++) {
                int gap = (int) ((i < strips ? at[i] : file.size()) - end);
                in.readNBytes(kept, filled, gap);
                cursor.change(kept, filled, gap, known);
                filled += gap;
                if (i < strips) {
                    gaps.number(model, 0, gap);
                    in.skipNBytes(ends[i] - at[i]);
                    known.add(at[i], ends[i] - at[i]);
                    end = ends[i];
                }
            }
        }
        byte[] zlib = lzw != null ? new byte[0]
                : file.slice(at[0], file.size() - at[0]).start(TiffParameters.ZLIB_BYTES);
        return Optional.of(new TiffParameters(isBigEndian, lzw, zlib,
                images.stream().map(PackedImage::shape).toList(), tables, gaps.finish(), kept, recipe.get()).toBytes());
    }

    /** The tables of numbers about strips that lie behind these, in one piece. */
    private List<StripTable> tables() {
        List<StripTable> all = new ArrayList<>();
        int first = 0;
        for (PackedImage image : images) {
            int n = image.at().length;
            for (TiffField field : new TiffField[] {image.offsets(), image.sizes()}) {
                if (field != null && n >= LEAST_TABLE && field.bytes() > 1 && field.count() >= n) {
                    table(field, n, first, field == image.sizes()).ifPresent(all::add);
                }
            }
            first += n;
        }
        all.sort(Comparator.comparingLong(StripTable::from));
        List<StripTable> apart = new ArrayList<>();
        long end = 0;
        for (StripTable table : all) {
            if (table.from() >= end) {
                apart.add(table);
                end = table.end();
            }
        }
        return apart;
    }

    private Optional<StripTable> table(TiffField field, int n, int first, boolean ofSizes) {
        // The last strip before the table.
        int found = Arrays.binarySearch(at, 0, strips, field.at());
        int last = found >= 0 ? found : -2 - found;
        long end = field.at() + (long) n * field.bytes();
        if (last < first + n - 1 || ends[last] > field.at() || end > (last + 1 < strips ? at[last + 1] : file.size())) {
            return Optional.empty();
        }
        long packed = 0;
        for (int i = 0; i <= last; i++) {
            packed += ends[i] - at[i];
        }
        return Optional.of(new StripTable(field.at() - packed, n, first, field.bytes(), ofSizes));
    }

    /** Writes the images; false if a row is not of the usual form. */
    private boolean pixels(boolean isBigEndian, Spool content) throws IOException {
        try (InputStream in = rows.open()) {
            for (PackedImage image : images) {
                TiffShape shape = image.shape();
                content.write(shape.netpbmHeader());
                SampleRow samples = new SampleRow(shape, isBigEndian);
                byte[] row = new byte[shape.packedBytes()];
                byte[] band = new byte[(int) Math.min(shape.bandRows(), shape.height()) * shape.rowBytes()];
                for (RowCursor cursor = new RowCursor(shape); cursor.hasNext();) {
                    in.readNBytes(row, 0, row.length);
                    if (!samples.unpack(row, band, cursor.offset())) {
                        return false;
                    }
                    long number = cursor.band();
                    int bytes = cursor.bandBytes();
                    cursor.advance();
                    if (!cursor.hasNext() || cursor.band() != number && !shape.isPlanar()) {
                        content.write(band, 0, bytes);
                    }
                }
            }
        }
        return true;
    }

    private Optional<byte[]> recipe() throws IOException {
        long share = Math.min(file.size() / 2, Math.max(file.size() / FILE_SHARE, plainBytes / PIXEL_SHARE));
        int most = (int) Math.min(Wrapping.MAX_BYTES / 4, LEAST_RECIPE + share);
        long[] sizes = new long[strips];
        int strip = 0;
        for (PackedImage image : images) {
            for (int i = 0; i < image.at().length; i++) {
                sizes[strip++] = (long) image.shape().rowsOf(i) * image.shape().packedBytes();
            }
        }
        return DeflateRecipe.of(new DeflateStreams() {
            @Override
            public int count() {
                return strips;
            }

            @Override
            public InputStream deflated(int stream) {
                long from = at[stream] + TiffParameters.ZLIB_BYTES;
                return file.slice(from, ends[stream] - from).open();
            }

            @Override
            public long plainBytes(int stream) {
                return sizes[stream];
            }

            @Override
            public InputStream plain() throws IOException {
                return rows.open();
            }
        }, DeflateRecipe.MAX_WINDOW_BITS, most);
    }

    /**
     * Makes the TIFF file again.
     *
     * @param wrapping with what {@link #unwrap} returned
     * @param content the Netpbm images
     * @param out receives the file; left open
     * @throws CorruptArchiveException if the wrapping is malformed or does not fit the content
     */
    public static void rewrap(Wrapping wrapping, InputStream content, OutputStream out) throws IOException {
        TiffParameters p = TiffParameters.of(wrapping.data());
        TiffRows rows = new TiffRows(p.shapes(), p.isBigEndian(), content);
        StreamRestorer deflater = p.lzw() != null ? null : new StreamRestorer(p.recipe(), rows);
        BitCoder gaps = new BitCoder.Reader(p.gaps(), 0);
        BitCoder.Contexts model = new BitCoder.Contexts(BitCoder.NUMBER_CONTEXTS);
        StripTable.TableCursor tables = new StripTable.TableCursor(p.tables(), p.isBigEndian(), true);
        StripTable.Known known =
                new StripTable.Known((int) p.shapes().stream().mapToLong(TiffShape::strips).sum());
        BufferedOutputStream file = new BufferedOutputStream(out, BUFFER);
        byte[] kept = p.kept();
        int used = 0;
        long place = 0;
        for (TiffShape shape : p.shapes()) {
            for (int i = 0; i < shape.strips(); i++) {
                int gap = gaps.number(model, 0, 0);
                if (gap > kept.length - used) {
                    throw new CorruptArchiveException(DAMAGED);
                }
                tables.change(kept, used, gap, known);
                file.write(kept, used, gap);
                used += gap;
                place += gap;
                long plain = (long) shape.rowsOf(i) * shape.packedBytes();
                long most = wrapping.size() - place;
                long size = p.lzw() != null ? lzw(rows, p.lzw(), plain, file)
                        : deflate(deflater, p.zlib(), plain, most, rows,
                                known.count(), file);
                known.add(place, size);
                place += size;
            }
        }
        tables.change(kept, used, kept.length - used, known);
        file.write(kept, used, kept.length - used);
        if (content.read() >= 0) {
            throw new CorruptArchiveException("the content is longer than the TIFF wrapping says");
        }
        file.flush();
    }

    private static long deflate(StreamRestorer deflater, byte[] zlib, long plain, long most, TiffRows rows, int strip,
            OutputStream file) throws IOException {
        file.write(zlib);
        long size = deflater.restore(plain, Math.max(0, most - zlib.length - ADLER_BYTES), file);
        file.write(ByteBuffer.allocate(ADLER_BYTES).putInt(rows.checksum(strip)).array());
        return zlib.length + size + ADLER_BYTES;
    }

    private static long lzw(TiffRows rows, LzwEncoder.Rule rule, long plain, OutputStream file) throws IOException {
        LzwEncoder encoder = new LzwEncoder(file, rule);
        byte[] some = new byte[(int) Math.min(BUFFER, plain)];
        for (long left = plain; left > 0;) {
            int n = rows.read(some, 0, (int) Math.min(some.length, left));
            if (n < 0) {
                throw new CorruptArchiveException(DAMAGED);
            }
            encoder.write(some, 0, n);
            left -= n;
        }
        encoder.finish();
        return encoder.size();
    }
}
