package org.bbans.codec.content.tiff;

/** Brings a row of a strip or tile from the samples of an image, and back. */
final class SampleRow {

    private final TiffShape shape;
    private final boolean isBigEndian;
    private final int samples;
    /** From a sample of the row to the next one in the image. */
    private final int step;
    private final int sign;

    SampleRow(TiffShape shape, boolean isBigEndian) {
        this.shape = shape;
        this.isBigEndian = isBigEndian;
        samples = shape.stripWidth() * shape.together();
        step = shape.pixelBytes() / shape.together();
        sign = shape.isSigned() ? 1 << shape.bits() - 1 : 0;
    }

    /**
     * Makes the row as it is packed.
     *
     * @param image holds the row's first sample at {@code off}
     * @param row receives {@link TiffShape#packedBytes}
     * @return false if a sample has more bits than the shape allows
     */
    boolean pack(byte[] image, int off, byte[] row) {
        if (shape.bits() < Byte.SIZE) {
            return packBits(image, off, row);
        }
        int before = shape.isPredicted() ? shape.together() : samples;
        if (shape.bits() == Byte.SIZE) {
            for (int i = 0; i < samples; i++) {
                row[i] = (byte) (image[off + i * step] ^ sign);
            }
            for (int i = samples - 1; i >= before; i--) {
                row[i] -= row[i - before];
            }
            return true;
        }
        for (int i = 0; i < samples; i++) {
            int value = word(image, off + i * step) ^ sign;
            put(row, i, i < before ? value : value - (word(image, off + (i - before) * step) ^ sign));
        }
        return true;
    }

    /**
     * Does the opposite of {@link #pack}.
     *
     * @return false if bits that fill the last byte are not zero
     */
    boolean unpack(byte[] row, byte[] image, int off) {
        if (shape.bits() < Byte.SIZE) {
            return unpackBits(row, image, off);
        }
        int before = shape.isPredicted() ? shape.together() : samples;
        if (shape.bits() == Byte.SIZE) {
            for (int i = before; i < samples; i++) {
                row[i] += row[i - before];
            }
            for (int i = 0; i < samples; i++) {
                image[off + i * step] = (byte) (row[i] ^ sign);
            }
            return true;
        }
        for (int i = 0; i < samples; i++) {
            int value = get(row, i) + (i < before ? 0 : word(image, off + (i - before) * step) ^ sign) ^ sign;
            image[off + i * step] = (byte) (value >> Byte.SIZE);
            image[off + i * step + 1] = (byte) value;
        }
        return true;
    }

    private static int word(byte[] b, int at) {
        return (b[at] & 0xFF) << Byte.SIZE | b[at + 1] & 0xFF;
    }

    private void put(byte[] row, int i, int value) {
        row[2 * i] = (byte) (isBigEndian ? value >> Byte.SIZE : value);
        row[2 * i + 1] = (byte) (isBigEndian ? value : value >> Byte.SIZE);
    }

    private int get(byte[] row, int i) {
        int first = row[2 * i] & 0xFF;
        int second = row[2 * i + 1] & 0xFF;
        return isBigEndian ? first << Byte.SIZE | second : second << Byte.SIZE | first;
    }

    private boolean packBits(byte[] image, int off, byte[] row) {
        int bits = shape.bits();
        int perByte = Byte.SIZE / bits;
        int wrong = 0;
        int value = 0;
        for (int i = 0; i < samples; i++) {
            int sample = image[off + i * step] & 0xFF;
            wrong |= sample >>> bits;
            value = value << bits | sample;
            if (i % perByte == perByte - 1) {
                row[i / perByte] = (byte) value;
                value = 0;
            }
        }
        int left = samples % perByte;
        if (left != 0) {
            row[samples / perByte] = (byte) (value << bits * (perByte - left));
        }
        return wrong == 0;
    }

    private boolean unpackBits(byte[] row, byte[] image, int off) {
        int bits = shape.bits();
        int perByte = Byte.SIZE / bits;
        for (int i = 0; i < samples; i++) {
            int shift = bits * (perByte - 1 - i % perByte);
            image[off + i * step] = (byte) (row[i / perByte] >>> shift & (1 << bits) - 1);
        }
        int left = samples % perByte;
        return left == 0 || (row[samples / perByte] & (1 << bits * (perByte - left)) - 1) == 0;
    }
}
