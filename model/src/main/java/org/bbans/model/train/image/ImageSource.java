package org.bbans.model.train.image;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.RasterShape;
import org.bbans.codec.format.RowGrid;
import org.bbans.codec.io.ContentView;
import org.bbans.model.image.ImageGrid;

/** Images of one shape that lie behind each other in a content, and are read when they are needed. */
public final class ImageSource {

    private final ContentView content;
    private final Layout layout;
    private final RowGrid grid;
    private final RasterShape raster;

    /**
     * Images.
     *
     * @param content must not change as long as this is used
     * @param layout the images; whole ones that a model of images can code
     */
    public ImageSource(ContentView content, Layout layout) {
        this.content = content;
        this.layout = layout;
        grid = new RowGrid(layout);
        raster = grid.raster();
    }

    /** Number of images. */
    long count() {
        return layout.records(content.size());
    }

    /** The images' extents. */
    RasterShape raster() {
        return raster;
    }

    /** Pixels of an image. */
    long pixels() {
        return (long) raster.height() * raster.width();
    }

    /** The bytes that the images lie in, for a checksum. */
    InputStream bytes() throws IOException {
        return content.open();
    }

    /**
     * Reads a stretch of an image.
     *
     * @param image its number
     * @param to takes the samples, the channels of a pixel side by side
     * @param off where they begin
     * @throws IOException if the content cannot be read, or has samples beyond its levels
     */
    void read(long image, int top, int height, int left, int width, short[] to, int off) throws IOException {
        final boolean cut = layout.format().hasRows();
        final int rows = cut ? height : raster.height();
        final int[] shape = grid.shape(rows);
        final byte[] raw = new byte[Math.toIntExact(layout.format().bytes(shape))];
        final long from = layout.leading() + image * layout.recordBytes() + layout.prefix()
                + (cut ? (long) top * (raw.length / rows) : 0);
        fill(from, raw);
        final int line = Math.toIntExact(grid.rowSamples());
        final short[] samples = new short[rows * line];
        if (!layout.format().unpack(shape, raw, 0, samples, 0)) {
            throw new IOException("samples of an image do not fit its format");
        }
        final int channels = raster.channels();
        for (int y = 0; y < height; y++) {
            System.arraycopy(samples, ((cut ? 0 : top) + y) * line + left * channels, to,
                    off + y * width * channels, width * channels);
        }
    }

    private void fill(long from, byte[] raw) throws IOException {
        int done = 0;
        while (done < raw.length) {
            final int n = content.read(from + done, raw, done, raw.length - done);
            if (n <= 0) {
                throw new EOFException("an image has become shorter while it was read");
            }
            done += n;
        }
    }

    /** One plane of pixels of several channels. */
    static short[] plane(short[] samples, int channels, int plane) {
        if (channels == 1) {
            return samples;
        }
        final short[] one = new short[samples.length / channels];
        for (int i = 0; i < one.length; i++) {
            one[i] = samples[i * channels + plane];
        }
        return one;
    }

    /** The first three channels of pixels. */
    static short[] colours(short[] samples, int channels) {
        if (channels == 3) {
            return samples;
        }
        final short[] three = new short[samples.length / channels * 3];
        for (int i = 0; i < three.length; i++) {
            three[i] = samples[i / 3 * channels + i % 3];
        }
        return three;
    }

    /** Extents of so many stretches of these images below each other. */
    ImageGrid grid(int count, int height, int width, int channels) {
        return new ImageGrid(count, height, width, channels, raster.levels());
    }

    @Override
    public String toString() {
        return count() + " x " + Arrays.toString(layout.shape());
    }
}
