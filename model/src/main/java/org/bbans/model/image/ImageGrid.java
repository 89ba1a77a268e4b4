package org.bbans.model.image;

/**
 * The extents of a raster: records of equal size, pixels in rows, channels interleaved.
 *
 * @param records number of records, at least 1
 * @param height rows of a record, at least 1
 * @param width pixels of a row, at least 1
 * @param channels samples of a pixel, 1 to {@value #MAX_CHANNELS}
 * @param levels number of values that a sample may have, 2 to {@value #MAX_LEVELS}
 */
public record ImageGrid(int records, int height, int width, int channels, int levels) {

    /** Greatest number of channels. */
    public static final int MAX_CHANNELS = 8;
    /** Greatest number of levels. */
    public static final int MAX_LEVELS = 1 << 16;
    /** Greatest number of pixels of a row. */
    public static final int MAX_WIDTH = 1 << 15;

    /** Greatest number of samples of a record that another one looks at. */
    static final int MAX_REFERENCE = 1 << 22;

    /** Checks the extents. */
    public ImageGrid {
        if (records < 1 || height < 1 || width < 1 || width > MAX_WIDTH) {
            throw new IllegalArgumentException("extents out of range: " + records + " x " + height + " x " + width);
        }
        if (channels < 1 || channels > MAX_CHANNELS) {
            throw new IllegalArgumentException("channels must be 1 to " + MAX_CHANNELS + ": " + channels);
        }
        if (levels < 2 || levels > MAX_LEVELS) {
            throw new IllegalArgumentException("levels must be 2 to " + MAX_LEVELS + ": " + levels);
        }
    }

    /** Whether a record can be kept for the one that follows to look at. */
    boolean allowsReference() {
        return (long) height * rowSamples() <= MAX_REFERENCE;
    }

    /** Number of rows of all records. */
    public long rows() {
        return (long) records * height;
    }

    /** Number of samples of all records, of the first 2^31 rows at most. */
    long samples() {
        return Math.min(rows(), 1L << 31) * rowSamples();
    }

    /** Number of samples of a row. */
    public int rowSamples() {
        return width * channels;
    }
}
