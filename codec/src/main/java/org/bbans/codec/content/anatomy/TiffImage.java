package org.bbans.codec.content.anatomy;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.bbans.codec.content.Anatomy;
import org.bbans.codec.content.Records;
import org.bbans.codec.format.SampleFormat;

/** An image of a TIFF file, by the fields of its directory. Samples of 8 and 16 bits, or of one bit if alone. */
final class TiffImage {

    private static final int WIDTH = 256;
    private static final int HEIGHT = 257;
    private static final int BITS = 258;
    private static final int COMPRESSION = 259;
    private static final int PHOTOMETRIC = 262;
    private static final int FILL_ORDER = 266;
    private static final int STRIP_OFFSETS = 273;
    private static final int SAMPLES = 277;
    private static final int STRIP_ROWS = 278;
    private static final int STRIP_BYTES = 279;
    private static final int PLANAR = 284;
    private static final int TILE_WIDTH = 322;
    private static final int TILE_HEIGHT = 323;
    private static final int TILE_OFFSETS = 324;
    private static final int TILE_BYTES = 325;
    private static final int SAMPLE_FORMAT = 339;

    private static final int UNCOMPRESSED = 1;
    private static final int Y_CB_CR = 6;
    private static final int PLANES = 2;
    private static final int SIGNED = 2;
    private static final int FLOAT = 3;

    private final Fields in;
    private final boolean isBigEndian;
    private final Map<Integer, TiffField> fields = new HashMap<>();

    private long width;
    private long height;
    private int channels;
    private int bits;
    private boolean isPlanar;
    private SampleFormat format;
    private final int mostPlaces;
    private int placesRead;

    /** @param mostPlaces of strips or tiles that may be read */
    TiffImage(Fields in, int mostPlaces) throws IOException {
        this.in = in;
        this.mostPlaces = mostPlaces;
        isBigEndian = in.has(0, "MM");
    }

    /** Keeps a field; of two with the same tag the first. */
    void set(TiffField field) {
        if (field.tag() >= WIDTH && field.tag() <= SAMPLE_FORMAT) {
            fields.putIfAbsent(field.tag(), field);
        }
    }

    /** Places of strips or tiles that have been read. */
    int placesRead() {
        return placesRead;
    }

    private long value(int tag, long otherwise) throws IOException {
        TiffField field = fields.get(tag);
        return field == null || field.count() == 0 ? otherwise : field.number(in, 0);
    }

    /** Names the pixels, if they are of a kind that is understood. */
    void find(AnatomyBuilder out) throws IOException {
        width = value(WIDTH, 0);
        height = value(HEIGHT, 0);
        long samples = value(SAMPLES, 1);
        if (width < 1 || width > Integer.MAX_VALUE || height < 1 || height > Integer.MAX_VALUE || samples < 1
                || samples > 1 << 16 || value(COMPRESSION, UNCOMPRESSED) != UNCOMPRESSED
                || value(PHOTOMETRIC, 0) == Y_CB_CR || !isUniform(BITS) || !isUniform(SAMPLE_FORMAT)) {
            return;
        }
        channels = (int) samples;
        bits = (int) Math.min(value(BITS, 1), Byte.MAX_VALUE);
        isPlanar = channels > 1 && value(PLANAR, 1) == PLANES;
        long number = value(SAMPLE_FORMAT, 1);
        boolean words = bits == 16;
        if (number == FLOAT || bits != 8 && bits != 16 && !(bits == 1 && channels == 1 && value(FILL_ORDER, 1) == 1)) {
            return;
        }
        format = bits == 1 ? SampleFormat.BIT_ROWS
                : words ? new SampleFormat.Words(isBigEndian, number == SIGNED, false, SampleFormat.Words.MAX_LEVELS)
                        : number == SIGNED ? SampleFormat.I8 : SampleFormat.U8;
        if (fields.containsKey(TILE_OFFSETS)) {
            tiles(out);
        } else if (fields.containsKey(STRIP_OFFSETS)) {
            strips(out);
        }
    }

    private boolean isUniform(int tag) throws IOException {
        TiffField field = fields.get(tag);
        return field == null || field.isUniform(in);
    }

    private static long rowBytes(long width, int channels, int bits) {
        return (width * channels * bits + 7) / 8;
    }

    private static Records image(long height, long width, int channels, SampleFormat format) {
        return channels == 1 ? Records.images("TIFF", 1, format, height, width)
                : Records.images("TIFF", 1, format, height, width, channels);
    }

    /** Every tile is an image of its own; they may lie in any order. */
    private void tiles(AnatomyBuilder out) throws IOException {
        long tileWidth = value(TILE_WIDTH, 0);
        long tileHeight = value(TILE_HEIGHT, 0);
        if (tileWidth < 1 || tileWidth > Integer.MAX_VALUE || tileHeight < 1 || tileHeight > Integer.MAX_VALUE) {
            return;
        }
        int together = isPlanar ? 1 : channels;
        long bytes = Records.product(tileHeight, rowBytes(tileWidth, together, bits));
        Places places = places(TILE_OFFSETS, TILE_BYTES, (int) Math.min(Anatomy.MAX_PARTS, Records.product(
                (width + tileWidth - 1) / tileWidth, (height + tileHeight - 1) / tileHeight,
                isPlanar ? channels : 1)));
        for (int i = 0; i < places.at.length && !out.isFull(); i++) {
            if (places.bytes[i] >= bytes) {
                out.records(image(tileHeight, tileWidth, together, format), places.at[i]);
            }
        }
    }

    /** Strips of ascending places are one image, of others an image each. */
    private void strips(AnatomyBuilder out) throws IOException {
        long rows = Math.min(height, value(STRIP_ROWS, height));
        if (rows < 1) {
            return;
        }
        long perPlane = (height + rows - 1) / rows;
        int together = isPlanar ? 1 : channels;
        long rowBytes = rowBytes(width, together, bits);
        Places places = places(STRIP_OFFSETS, STRIP_BYTES,
                (int) Math.min(Anatomy.MAX_PARTS, Records.product(perPlane, isPlanar ? channels : 1)));
        long[] bytes = new long[places.at.length];
        for (int i = 0; i < bytes.length; i++) {
            long strip = i % perPlane;
            bytes[i] = Math.min(rows, height - strip * rows) * rowBytes;
            if (places.bytes[i] < bytes[i]) {
                return;
            }
        }
        if (places.isAscending()) {
            AnatomyBuilder.Strip run = out.run(image(height, width, channels, isPlanar ? planes() : format));
            for (int i = 0; i < bytes.length && !out.isFull(); i++) {
                out.stretch(run, places.at[i], bytes[i]);
            }
            return;
        }
        for (int i = 0; i < bytes.length && !out.isFull(); i++) {
            out.records(image(bytes[i] / rowBytes, width, together, format), places.at[i]);
        }
    }

    /** The sample format of planes; of signed bytes, for which there is none, that of unsigned ones. */
    private SampleFormat planes() {
        return format instanceof SampleFormat.Words words ? words.withPlanes(true) : SampleFormat.PLANES;
    }

    /** Where strips or tiles are, and their bytes as the file says them. */
    private record Places(long[] at, long[] bytes) {

        boolean isAscending() {
            for (int i = 1; i < at.length; i++) {
                if (at[i] < at[i - 1]) {
                    return false;
                }
            }
            return true;
        }
    }

    /** At most {@code most} places; fewer if the file has fewer. Sizes that it does not say are large. */
    private Places places(int offsets, int sizes, int most) throws IOException {
        TiffField at = fields.get(offsets);
        TiffField bytes = fields.get(sizes);
        // No more than the content has room for.
        int n = (int) Math.min(Math.min(Math.min(most, mostPlaces), at.count()),
                in.size() / Math.max(1, at.bytes()) + 1);
        placesRead = n;
        long[] places = new long[n];
        long[] lengths = new long[n];
        Arrays.fill(lengths, Long.MAX_VALUE);
        for (int i = 0; i < n; i++) {
            places[i] = at.number(in, i);
        }
        for (int i = 0; i < n && bytes != null; i++) {
            lengths[i] = bytes.number(in, i);
        }
        return new Places(places, lengths);
    }
}
