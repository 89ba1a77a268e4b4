package org.bbans.codec.content.png;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What the header chunk of a PNG says, and how its rows of packed samples lie in a Netpbm image. There a sample is a
 * byte, or two with the high one first if it has 16 bits; a palette's entries are levels of grey.
 *
 * @param width pixels of a row
 * @param height rows
 * @param depth bits of a sample
 * @param colour colour type, 0, 2, 3, 4 or 6
 * @param interlaced whether the rows are those of Adam7's seven passes
 */
record PngShape(int width, int height, int depth, int colour, boolean interlaced) {

    /** Bytes of a row of the image; wider images are left as they are. */
    private static final int MAX_ROW_BYTES = 1 << 24;
    /** Bytes of an image. */
    private static final long MAX_BYTES = 1L << 30;
    /** Bytes of an interlaced image, which has to be in memory. */
    private static final long MAX_INTERLACED_BYTES = 1L << 26;

    /** For each pass: first column and row, steps between columns and rows. */
    private static final int[][] ADAM7 = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4},
        {1, 0, 2, 2}, {0, 1, 1, 2}};
    private static final int[][] ALL = {{0, 0, 1, 1}};

    /** Pixels whose rows follow each other in the file. */
    record Pass(int x, int y, int stepX, int stepY, int width, int height) {}

    /** Whether there are such images, within the bounds of this package. */
    boolean isValid() {
        boolean depths = switch (colour) {
            case 0 -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
            case 3 -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
            case 2, 4, 6 -> depth == 8 || depth == 16;
            default -> false;
        };
        return depths && width > 0 && height > 0 && (long) width * channels() * sampleBytes() <= MAX_ROW_BYTES
                && imageBytes() <= (interlaced ? MAX_INTERLACED_BYTES : MAX_BYTES) && packedBytes() <= MAX_BYTES;
    }

    int channels() {
        return switch (colour) {
            case 2 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> 1;
        };
    }

    /** Bytes of a sample in the image. */
    int sampleBytes() {
        return depth == 16 ? 2 : 1;
    }

    /** Bytes of a row of the image. */
    int rowBytes() {
        return width * channels() * sampleBytes();
    }

    /** Bytes of all rows of the image. */
    long imageBytes() {
        return (long) height * rowBytes();
    }

    /** Bytes of a row of so many pixels in the file, without its filter byte. */
    int packedBytes(int pixels) {
        return (int) (((long) pixels * channels() * depth + 7) / 8);
    }

    /** Bytes of all rows in the file, with their filter bytes. */
    long packedBytes() {
        long sum = 0;
        for (Pass pass : passes()) {
            sum += (long) pass.height * (1 + packedBytes(pass.width));
        }
        return sum;
    }

    /** Distance in bytes of the values that filters compare. */
    int filterStep() {
        return Math.max(1, channels() * depth / 8);
    }

    /** The passes that have pixels, in their order. */
    List<Pass> passes() {
        List<Pass> passes = new ArrayList<>();
        for (int[] p : interlaced ? ADAM7 : ALL) {
            int columns = (int) (((long) width - p[0] + p[2] - 1) / p[2]);
            int rows = (int) (((long) height - p[1] + p[3] - 1) / p[3]);
            if (columns > 0 && rows > 0) {
                passes.add(new Pass(p[0], p[1], p[2], p[3], columns, rows));
            }
        }
        return passes;
    }

    /** The header of the Netpbm image. */
    byte[] netpbmHeader() {
        int most = (1 << depth) - 1;
        String text = switch (colour) {
            case 4, 6 -> "P7\nWIDTH " + width + "\nHEIGHT " + height + "\nDEPTH " + channels() + "\nMAXVAL " + most
                    + "\nTUPLTYPE " + (colour == 4 ? "GRAYSCALE" : "RGB") + "_ALPHA\nENDHDR\n";
            default -> (colour == 2 ? "P6" : "P5") + "\n" + width + " " + height + "\n" + most + "\n";
        };
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Packs the pixels of a pass in a row.
     *
     * @param image holds the row of the image at {@code off}
     * @param packed receives the row of the pass
     * @return false if a sample has more bits than the depth allows
     */
    boolean pack(Pass pass, byte[] image, int off, byte[] packed) {
        int pixel = channels() * sampleBytes();
        if (depth >= 8) {
            for (int i = 0; i < pass.width; i++) {
                System.arraycopy(image, off + (pass.x + i * pass.stepX) * pixel, packed, i * pixel, pixel);
            }
            return true;
        }
        int perByte = 8 / depth;
        int wrong = 0;
        int value = 0;
        for (int i = 0; i < pass.width; i++) {
            int sample = image[off + pass.x + i * pass.stepX] & 0xFF;
            wrong |= sample >>> depth;
            value = value << depth | sample;
            if (i % perByte == perByte - 1) {
                packed[i / perByte] = (byte) value;
                value = 0;
            }
        }
        int left = pass.width % perByte;
        if (left != 0) {
            packed[pass.width / perByte] = (byte) (value << depth * (perByte - left));
        }
        return wrong == 0;
    }

    /**
     * Does the opposite of {@link #pack}.
     *
     * @return false if bits that fill the last byte are not zero
     */
    boolean unpack(Pass pass, byte[] packed, byte[] image, int off) {
        int pixel = channels() * sampleBytes();
        if (depth >= 8) {
            for (int i = 0; i < pass.width; i++) {
                System.arraycopy(packed, i * pixel, image, off + (pass.x + i * pass.stepX) * pixel, pixel);
            }
            return true;
        }
        int perByte = 8 / depth;
        for (int i = 0; i < pass.width; i++) {
            int shift = depth * (perByte - 1 - i % perByte);
            image[off + pass.x + i * pass.stepX] = (byte) (packed[i / perByte] >>> shift & (1 << depth) - 1);
        }
        int left = pass.width % perByte;
        return left == 0 || (packed[pass.width / perByte] & (1 << depth * (perByte - left)) - 1) == 0;
    }
}
