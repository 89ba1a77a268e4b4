package org.bbans.bench;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import javax.imageio.ImageIO;
import org.bbans.model.image.ImageGrid;

/**
 * A raster read from a file: PNG, PGM or PPM with 8 bits, IDX of bytes (gz too), or raw 16-bit little-endian samples
 * ({@code FILE:RECORDSxHEIGHTxWIDTH:OFFSET}).
 *
 * @param grid extents
 * @param samples unsigned samples
 */
public record ImageFiles(ImageGrid grid, short[] samples) {

    /**
     * Reads a file.
     *
     * @param limit records that are read at most, of IDX
     */
    public static ImageFiles read(String name, int limit) throws IOException {
        if (name.contains(":")) {
            return raw(name.split(":"));
        }
        if (name.endsWith(".png")) {
            return png(Path.of(name));
        }
        final byte[] bytes = bytes(Path.of(name));
        return bytes[0] == 'P' ? netpbm(bytes) : idx(bytes, limit);
    }

    private static byte[] bytes(Path path) throws IOException {
        try (InputStream in = path.toString().endsWith(".gz")
                ? new GZIPInputStream(Files.newInputStream(path)) : Files.newInputStream(path)) {
            return in.readAllBytes();
        }
    }

    private static ImageFiles raw(String[] part) throws IOException {
        final byte[] bytes = bytes(Path.of(part[0]));
        final String[] e = part[1].split("x");
        final int records = Integer.parseInt(e[0]);
        final int height = Integer.parseInt(e[1]);
        final int width = Integer.parseInt(e[2]);
        final int off = part.length > 2 ? Integer.parseInt(part[2]) : 0;
        final short[] v = new short[records * height * width];
        for (int i = 0; i < v.length; i++) {
            v[i] = (short) (bytes[off + 2 * i] & 0xFF | bytes[off + 2 * i + 1] << 8);
        }
        return new ImageFiles(new ImageGrid(records, height, width, 1, 1 << 16), v);
    }

    private static ImageFiles png(Path path) throws IOException {
        final BufferedImage image = ImageIO.read(new ByteArrayInputStream(Files.readAllBytes(path)));
        final int w = image.getWidth();
        final int h = image.getHeight();
        final Raster raster = image.getRaster();
        final boolean grey = raster.getNumBands() == 1 && image.getColorModel().getNumComponents() == 1;
        final int channels = grey ? 1 : 3;
        final short[] v = new short[w * h * channels];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                if (grey) {
                    v[y * w + x] = (short) raster.getSample(x, y, 0);
                } else {
                    final int rgb = image.getRGB(x, y);
                    v[3 * (y * w + x)] = (short) (rgb >> 16 & 255);
                    v[3 * (y * w + x) + 1] = (short) (rgb >> 8 & 255);
                    v[3 * (y * w + x) + 2] = (short) (rgb & 255);
                }
            }
        }
        return new ImageFiles(new ImageGrid(1, h, w, channels, 256), v);
    }

    private static ImageFiles netpbm(byte[] b) {
        final int[] field = new int[3];
        int at = 2;
        for (int i = 0; i < 3; i++) {
            while (b[at] <= ' ' || b[at] == '#') {
                if (b[at] == '#') {
                    while (b[at] != '\n') {
                        at++;
                    }
                }
                at++;
            }
            while (b[at] > ' ') {
                field[i] = 10 * field[i] + b[at++] - '0';
            }
        }
        at++;
        final int channels = b[1] == '6' ? 3 : 1;
        final short[] v = new short[field[0] * field[1] * channels];
        for (int i = 0; i < v.length; i++) {
            v[i] = (short) (field[2] > 255 ? (b[at + 2 * i] & 255) << 8 | b[at + 2 * i + 1] & 255 : b[at + i] & 255);
        }
        return new ImageFiles(new ImageGrid(1, field[1], field[0], channels, field[2] + 1), v);
    }

    private static ImageFiles idx(byte[] b, int limit) {
        final int[] e = new int[b[3]];
        for (int i = 0; i < e.length; i++) {
            for (int j = 0; j < 4; j++) {
                e[i] = e[i] << 8 | b[4 + 4 * i + j] & 255;
            }
        }
        final int n = Math.min(e[0], limit);
        final short[] v = new short[n * e[1] * e[2]];
        for (int i = 0; i < v.length; i++) {
            v[i] = (short) (b[4 + 4 * e.length + i] & 255);
        }
        return new ImageFiles(new ImageGrid(n, e[1], e[2], 1, 256), v);
    }
}
