package org.bbans.codec.content.tiff;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** An image of a TIFF file, by the fields of its directory. The numbers of {@link #read} are within their ranges. */
public final class TiffImage {

    /** Compression: none. */
    public static final int UNCOMPRESSED = 1;
    /** Photometric interpretation: planes of colour may be smaller than that of brightness. */
    public static final int Y_CB_CR = 6;

    /** What a sample is. */
    public enum Number {
        UNSIGNED, SIGNED, FLOAT, OTHER
    }

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
    private static final int PREDICTOR = 317;
    private static final int TILE_WIDTH = 322;
    private static final int TILE_HEIGHT = 323;
    private static final int TILE_OFFSETS = 324;
    private static final int TILE_BYTES = 325;
    private static final int SAMPLE_FORMAT = 339;

    private static final int PLANES = 2;
    /** Strips or tiles of an image that are read. */
    private static final int MAX_STRIPS = 1 << 20;

    private final long fileBytes;
    private final Map<Integer, TiffField> fields = new HashMap<>();
    private final int mostPlaces;
    private int placesRead;

    private long width;
    private long height;
    private int channels;
    private int bits;
    private int compression;
    private int predictor;
    private int photometric;
    private boolean isPlanar;
    private boolean isReversed;
    private Number number;
    private long stripRows;
    private long tileWidth;

    /**
     * An image without fields.
     *
     * @param fileBytes of the file
     * @param mostPlaces of strips or tiles that may be read
     */
    TiffImage(long fileBytes, int mostPlaces) {
        this.fileBytes = fileBytes;
        this.mostPlaces = mostPlaces;
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
        return field == null || field.count() == 0 ? otherwise : field.number(0);
    }

    private int small(int tag, int otherwise) throws IOException {
        return (int) Math.min(value(tag, otherwise), Integer.MAX_VALUE);
    }

    /** Reads the numbers; returns whether they are those of an image whose samples have all the same bits. */
    boolean read() throws IOException {
        width = value(WIDTH, 0);
        height = value(HEIGHT, 0);
        channels = small(SAMPLES, 1);
        if (!isExtent(width) || !isExtent(height) || channels < 1 || channels > 1 << 16 || !isUniform(BITS)
                || !isUniform(SAMPLE_FORMAT)) {
            return false;
        }
        bits = small(BITS, 1);
        compression = small(COMPRESSION, UNCOMPRESSED);
        predictor = small(PREDICTOR, 1);
        photometric = small(PHOTOMETRIC, 0);
        isPlanar = channels > 1 && value(PLANAR, 1) == PLANES;
        isReversed = value(FILL_ORDER, 1) != 1;
        number = switch (small(SAMPLE_FORMAT, 1)) {
            case 1, 4 -> Number.UNSIGNED;
            case 2 -> Number.SIGNED;
            case 3 -> Number.FLOAT;
            default -> Number.OTHER;
        };
        tileWidth = isTiled() ? value(TILE_WIDTH, 0) : width;
        stripRows = isTiled() ? value(TILE_HEIGHT, 0) : Math.min(height, value(STRIP_ROWS, height));
        return isExtent(tileWidth) && isExtent(stripRows) && (isTiled() || fields.containsKey(STRIP_OFFSETS));
    }

    private static boolean isExtent(long n) {
        return n >= 1 && n <= Integer.MAX_VALUE;
    }

    private boolean isUniform(int tag) throws IOException {
        TiffField field = fields.get(tag);
        return field == null || field.isUniform();
    }

    /** Pixels of a row, 1 to 2^31 - 1. */
    public int width() {
        return (int) width;
    }

    /** Rows, 1 to 2^31 - 1. */
    public int height() {
        return (int) height;
    }

    /** Samples of a pixel, 1 to 2^16. */
    public int channels() {
        return channels;
    }

    /** Bits of a sample. */
    public int bits() {
        return bits;
    }

    /** What a sample is. */
    public Number number() {
        return number;
    }

    /** How strips are packed, {@link #UNCOMPRESSED} if they are not. */
    public int compression() {
        return compression;
    }

    /** From what samples are differences before they are packed: 1 for nothing, 2 for the pixel before. */
    public int predictor() {
        return predictor;
    }

    /** What samples mean, such as {@link #Y_CB_CR}. */
    public int photometric() {
        return photometric;
    }

    /** Whether each channel has strips of its own. */
    public boolean isPlanar() {
        return isPlanar;
    }

    /** Whether the first sample of a byte is in its lowest bits. */
    public boolean isReversed() {
        return isReversed;
    }

    /** Whether the pixels lie in tiles, all of one size, instead of strips of whole rows. */
    public boolean isTiled() {
        return fields.containsKey(TILE_OFFSETS);
    }

    /** Rows of a strip, of which the last one of a plane may have fewer; or of a tile. */
    public int stripRows() {
        return (int) stripRows;
    }

    /** Pixels of a row of a tile; the image's width if there are none. */
    public int tileWidth() {
        return (int) tileWidth;
    }

    /** Strips or tiles that a channel, or all channels together, is cut into; {@link Long#MAX_VALUE} if too many. */
    public long stripsOfPlane() {
        long down = (height + stripRows - 1) / stripRows;
        long across = (width + tileWidth - 1) / tileWidth;
        return across > 0 && down > Long.MAX_VALUE / across ? Long.MAX_VALUE : down * across;
    }

    /** Strips or tiles that there should be. */
    public long strips() {
        long planes = isPlanar ? channels : 1;
        return stripsOfPlane() > Long.MAX_VALUE / planes ? Long.MAX_VALUE : stripsOfPlane() * planes;
    }

    /** The field with the places of strips or tiles, or with their sizes; null if there are no sizes. */
    TiffField field(boolean ofSizes) {
        return fields.get(ofSizes ? isTiled() ? TILE_BYTES : STRIP_BYTES : isTiled() ? TILE_OFFSETS : STRIP_OFFSETS);
    }

    /** Where strips or tiles are, and their bytes as the file says them: much where it does not. */
    public record Places(long[] at, long[] bytes) {

        /** Whether none is before the one before it. */
        public boolean isAscending() {
            for (int i = 1; i < at.length; i++) {
                if (at[i] < at[i - 1]) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Where strips or tiles are; at most {@link #strips} of them, and fewer if the file has fewer. */
    public Places places() throws IOException {
        TiffField at = field(false);
        TiffField bytes = field(true);
        // No more than the content has room for.
        int n = (int) Math.min(Math.min(Math.min(Math.min(strips(), MAX_STRIPS), mostPlaces), at.count()),
                fileBytes / Math.max(1, at.bytes()) + 1);
        placesRead = n;
        long[] places = new long[n];
        long[] lengths = new long[n];
        Arrays.fill(lengths, Long.MAX_VALUE);
        for (int i = 0; i < n; i++) {
            places[i] = at.number(i);
        }
        for (int i = 0; i < n && bytes != null; i++) {
            lengths[i] = bytes.number(i);
        }
        return new Places(places, lengths);
    }
}
