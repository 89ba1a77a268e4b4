package org.bbans.codec.content.tiff;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;
import org.bbans.codec.content.deflate.Inflation;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;

/**
 * An image of a TIFF file whose strips are packed.
 *
 * @param shape what the image is
 * @param isLzw whether its strips are packed by LZW; else by DEFLATE
 * @param at where strips begin, ascending
 * @param bytes that they may have at most
 * @param offsets the field of places
 * @param sizes the field of sizes; null if there is none
 */
record PackedImage(TiffShape shape, boolean isLzw, long[] at, long[] bytes, TiffField offsets, TiffField sizes) {

    private static final int LZW = 5;
    private static final int DEFLATE = 8;
    private static final int OLD_DEFLATE = 32_946;

    /** Empty if the image is not packed, or of a kind that is not understood. */
    static Optional<PackedImage> of(TiffImage image) throws IOException {
        int how = image.compression();
        boolean usual = image.number() == TiffImage.Number.UNSIGNED || image.number() == TiffImage.Number.SIGNED;
        if (how != LZW && how != DEFLATE && how != OLD_DEFLATE || !usual || image.isReversed() && image.bits() < 8
                || image.predictor() < 1 || image.predictor() > 2 || image.photometric() == TiffImage.Y_CB_CR) {
            return Optional.empty();
        }
        int tile = image.isTiled() ? image.tileWidth() : 0;
        long width = tile == 0 ? image.width() : (image.width() + tile - 1L) / tile * tile;
        long height = tile == 0 ? image.height()
                : (image.height() + image.stripRows() - 1L) / image.stripRows() * image.stripRows();
        TiffShape shape = new TiffShape((int) Math.min(width, Integer.MAX_VALUE),
                (int) Math.min(height, Integer.MAX_VALUE), image.channels(), image.bits(), tile, image.stripRows(),
                image.isPlanar(), image.number() == TiffImage.Number.SIGNED, image.predictor() == 2);
        if (!shape.isValid()) {
            return Optional.empty();
        }
        TiffImage.Places places = image.places();
        return places.at().length < shape.strips() || !places.isAscending() ? Optional.empty()
                : Optional.of(new PackedImage(shape, how == LZW, places.at(), places.bytes(), image.field(false),
                        image.field(true)));
    }

    /**
     * Unpacks all strips.
     *
     * @param from where the first one may begin
     * @param rows receives what they hold; left with anything if the result is false
     * @param ends receives where each ends
     * @param rule of LZW strips
     * @return whether they follow one another and hold just the rows of the image, and LZW strips are those of
     *     {@link LzwEncoder}
     */
    boolean unpack(ContentView file, long from, Spool rows, long[] ends, LzwEncoder.Rule rule) throws IOException {
        long end = from;
        byte[] zlib = null;
        for (int i = 0; i < at.length; i++) {
            if (at[i] < end || at[i] >= file.size()) {
                return false;
            }
            long most = Math.min(bytes[i], file.size() - at[i]);
            long plain = (long) shape.rowsOf(i) * shape.packedBytes();
            ContentView strip = file.slice(at[i], most);
            byte[] start = strip.start(TiffParameters.ZLIB_BYTES);
            zlib = zlib == null ? start : zlib;
            long size = isLzw ? lzw(strip, plain, rows, rule)
                    : Arrays.equals(start, zlib) ? inflate(strip, plain, rows) : -1;
            if (size < 0) {
                return false;
            }
            end = at[i] + size;
            ends[i] = end;
        }
        return true;
    }

    /** Bytes of the zlib stream that inflates to so many bytes; -1 if there is none. */
    private static long inflate(ContentView strip, long plainBytes, OutputStream out) throws IOException {
        try (InputStream in = strip.open()) {
            return Inflation.of(in, strip.size(), true, plainBytes, out).filter(all -> all.bytes() == plainBytes)
                    .map(Inflation::streamBytes).orElse(-1L);
        }
    }

    private static long lzw(ContentView strip, long plainBytes, Spool out, LzwEncoder.Rule rule) throws IOException {
        try (InputStream in = strip.open(); InputStream again = strip.open(); Comparison same = new Comparison(again)) {
            LzwEncoder encoder = new LzwEncoder(same, rule);
            boolean isWhole = new LzwDecoder(in).read(plainBytes, new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] b, int off, int len) throws IOException {
                    out.write(b, off, len);
                    encoder.write(b, off, len);
                }
            });
            encoder.finish();
            return isWhole && same.isSame ? encoder.size() : -1;
        }
    }

    /** Compares what is written with what there is. */
    private static final class Comparison extends OutputStream {

        private final InputStream expected;
        private boolean isSame = true;

        Comparison(InputStream expected) {
            this.expected = expected;
        }

        @Override
        public void write(int b) throws IOException {
            isSame = isSame && expected.read() == (b & 0xFF);
        }
    }
}
