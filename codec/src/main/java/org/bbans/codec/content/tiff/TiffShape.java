package org.bbans.codec.content.tiff;

import java.nio.charset.StandardCharsets;

/**
 * How the pixels of an image lie in strips or tiles, and in a Netpbm image. There a sample is a byte, or two with the
 * high one first if it has 16 bits. What fills the last tiles of rows and columns belongs to the image.
 *
 * @param width pixels of a row, a multiple of {@code tileWidth}
 * @param height rows; of tiles a multiple of {@code rows}
 * @param channels samples of a pixel
 * @param bits of a sample: 1, 2, 4, 8 or 16
 * @param tileWidth pixels of a row of a tile, or 0 for strips of whole rows
 * @param rows of a tile, or of a strip, of which the last one of a plane may have fewer
 * @param isPlanar whether each channel has strips or tiles of its own, all of the first one's before the next one's
 * @param isSigned whether samples are two's complement numbers
 * @param isPredicted whether samples are kept as differences from the same channel's of the pixel before in their row
 */
record TiffShape(int width, int height, int channels, int bits, int tileWidth, int rows, boolean isPlanar,
        boolean isSigned, boolean isPredicted) {

    /** Strips and tiles of a file. */
    static final int MAX_STRIPS = 1 << 20;
    /** Bytes of all strips and tiles of a file before they are packed. */
    static final long MAX_PLAIN = 1L << 30;

    private static final int MAX_CHANNELS = 8;
    /** Bytes of a row of the image, of all of it, and of what has to be in memory at a time. */
    private static final int MAX_ROW_BYTES = 1 << 24;
    private static final long MAX_BYTES = 1L << 30;
    private static final long MAX_BAND_BYTES = 1L << 26;

    /** Whether there are such images, within the bounds of this package. */
    boolean isValid() {
        boolean bytes = bits == 8 || bits == 16;
        boolean parts = bits == 1 || bits == 2 || bits == 4;
        return (bytes || parts && !isSigned && !isPredicted) && channels >= 1 && channels <= MAX_CHANNELS
                && width >= 1 && height >= 1 && rows >= 1 && rows <= height && tileWidth >= 0
                && (tileWidth == 0 || width % tileWidth == 0 && height % rows == 0)
                && (long) width * pixelBytes() <= MAX_ROW_BYTES && (long) height * rowBytes() <= MAX_BYTES
                && (long) bandRows() * rowBytes() <= MAX_BAND_BYTES && strips() <= MAX_STRIPS;
    }

    private int sampleBytes() {
        return bits == 16 ? 2 : 1;
    }

    /** Bytes of a pixel of the image. */
    int pixelBytes() {
        return channels * sampleBytes();
    }

    /** Bytes from the place of a plane's sample to that of the first one. */
    int planeOffset(int plane) {
        return plane * sampleBytes();
    }

    /** Bytes of a row of the image. */
    int rowBytes() {
        return width * pixelBytes();
    }

    /** Rows of the image that have to be in memory at a time. */
    int bandRows() {
        return isPlanar ? height : tileWidth > 0 ? rows : 1;
    }

    /** Samples of a pixel that lie together in strips. */
    int together() {
        return isPlanar ? 1 : channels;
    }

    /** Pixels of a row of a strip or tile. */
    int stripWidth() {
        return tileWidth > 0 ? tileWidth : width;
    }

    /** Bytes of a row of a strip or tile. */
    int packedBytes() {
        return (int) (((long) stripWidth() * together() * bits + 7) / 8);
    }

    /** Strips or tiles that lie beside each other. */
    int across() {
        return width / stripWidth();
    }

    /** Strips or tiles of a plane, or of the image if it has none. */
    long stripsOfPlane() {
        return ((long) height + rows - 1) / rows * across();
    }

    /** Strips or tiles of the image. */
    long strips() {
        return stripsOfPlane() * (isPlanar ? channels : 1);
    }

    /** Rows of a strip or tile. */
    int rowsOf(long strip) {
        long down = strip % stripsOfPlane() / across();
        return (int) Math.min(rows, height - down * rows);
    }

    /** Bytes of all strips or tiles before they are packed. */
    long plainBytes() {
        return (long) height * packedBytes() * across() * (isPlanar ? channels : 1);
    }

    /** The header of the Netpbm image. */
    byte[] netpbmHeader() {
        int most = (1 << bits) - 1;
        String text = channels == 1 || channels == 3
                ? (channels == 1 ? "P5" : "P6") + "\n" + width + " " + height + "\n" + most + "\n"
                : "P7\nWIDTH " + width + "\nHEIGHT " + height + "\nDEPTH " + channels + "\nMAXVAL " + most
                        + "\nENDHDR\n";
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
