package org.bbans.codec.format;

/**
 * A record seen as an image: rows of pixels, the channels of a pixel side by side.
 *
 * @param height rows, at least 1
 * @param width pixels of a row, at least 1
 * @param channels samples of a pixel, at least 1
 * @param levels values that a sample can take, {@code 2 .. 65536}
 */
public record RasterShape(int height, int width, int channels, int levels) {

    /** Checks the extents. */
    public RasterShape {
        if (height < 1 || width < 1 || channels < 1 || levels < 2 || levels > SampleFormat.Words.MAX_LEVELS) {
            throw new IllegalArgumentException("raster of " + height + " x " + width + " pixels of " + channels
                    + " samples with " + levels + " levels");
        }
    }

    /** Samples of a row. */
    public long rowSamples() {
        return (long) width * channels;
    }

    /** This raster with another number of rows. */
    public RasterShape withHeight(int rows) {
        return new RasterShape(rows, width, channels, levels);
    }
}
