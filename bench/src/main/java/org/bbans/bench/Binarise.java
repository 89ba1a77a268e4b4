package org.bbans.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Makes the stochastically binarised data set of the tables from an IDX file of grey images: each pixel becomes 1 with
 * probability value / 255 (Salakhutdinov and Murray, ICML 2008), with a fixed seed.
 *
 * <p>Usage: {@code Binarise IN.idx OUT.idx OUT.pbm}. The first output is an IDX file of bytes 0 and 1; the second is
 * the same pixels as one tall PBM page, the images below each other.
 */
public final class Binarise {

    private static final long SEED = 2022;
    private static final int IDX_IMAGES = 0x0803;
    private static final int IDX_HEADER = 16;

    private Binarise() {}

    /** @param args input IDX, output IDX, output PBM */
    public static void main(String[] args) throws IOException {
        if (args.length != 3) {
            System.err.println("usage: Binarise IN.idx OUT.idx OUT.pbm");
            System.exit(2);
        }
        final ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(Path.of(args[0])));
        if (in.getInt(0) != IDX_IMAGES) {
            throw new IOException(args[0] + ": not an IDX file of images");
        }
        final int images = in.getInt(4);
        final int height = in.getInt(8);
        final int width = in.getInt(12);
        final byte[] pixels = binarise(in.array(), IDX_HEADER, images * height * width, SEED);

        final byte[] idx = Arrays.copyOf(in.array(), IDX_HEADER + pixels.length);
        System.arraycopy(pixels, 0, idx, IDX_HEADER, pixels.length);
        Files.write(Path.of(args[1]), idx);
        Files.write(Path.of(args[2]), pbm(pixels, width, images * height));
    }

    static byte[] binarise(byte[] grey, int off, int n, long seed) {
        final byte[] out = new byte[n];
        long state = seed;
        for (int i = 0; i < n; i++) {
            state += 0x9E3779B97F4A7C15L;
            // A uniform number of 0 .. 254 from the upper 32 bits: the pixel is 0 for value 0 and 1 for value 255.
            final long uniform = (splitMix(state) >>> 32) * 255 >>> 32;
            out[i] = (byte) (uniform < (grey[off + i] & 0xFF) ? 1 : 0);
        }
        return out;
    }

    /** The output function of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
    private static long splitMix(long state) {
        long z = state;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    private static byte[] pbm(byte[] pixels, int width, int height) {
        final byte[] header = ("P4\n" + width + " " + height + "\n").getBytes(StandardCharsets.US_ASCII);
        final int rowBytes = (width + 7) / 8;
        final byte[] out = Arrays.copyOf(header, header.length + rowBytes * height);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                out[header.length + y * rowBytes + x / 8] |= (byte) (pixels[y * width + x] << 7 - x % 8);
            }
        }
        return out;
    }
}
