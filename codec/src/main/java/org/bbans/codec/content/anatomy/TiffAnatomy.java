package org.bbans.codec.content.anatomy;

import java.io.IOException;
import org.bbans.codec.content.Records;
import org.bbans.codec.content.tiff.TiffDirectories;
import org.bbans.codec.content.tiff.TiffImage;
import org.bbans.codec.format.SampleFormat;
import org.bbans.codec.io.Fields;

/**
 * TIFF and BigTIFF: images of pixels that are not packed, in strips of rows or in tiles, all samples of a pixel
 * together or in planes. Samples of 8 and 16 bits, or of one bit if alone.
 */
final class TiffAnatomy {

    private final TiffImage image;
    private final TiffImage.Places places;
    private final SampleFormat format;
    private final AnatomyBuilder out;

    private TiffAnatomy(TiffImage image, SampleFormat format, AnatomyBuilder out) throws IOException {
        this.image = image;
        this.format = format;
        this.out = out;
        places = image.places();
    }

    static void parse(Fields in, AnatomyBuilder out) throws IOException {
        boolean isBigEndian = in.has(0, "MM");
        TiffDirectories.visit(in, image -> {
            SampleFormat format = format(image, isBigEndian);
            if (format != null && image.isTiled()) {
                new TiffAnatomy(image, format, out).tiles();
            } else if (format != null) {
                new TiffAnatomy(image, format, out).strips();
            }
            return !out.isFull();
        });
    }

    /** Null if the pixels are of a kind that is not understood. */
    private static SampleFormat format(TiffImage image, boolean isBigEndian) {
        boolean signed = image.number() == TiffImage.Number.SIGNED;
        if (image.compression() != TiffImage.UNCOMPRESSED || image.photometric() == TiffImage.Y_CB_CR
                || image.number() == TiffImage.Number.FLOAT) {
            return null;
        }
        return switch (image.bits()) {
            case 1 -> image.channels() == 1 && !image.isReversed() ? SampleFormat.BIT_ROWS : null;
            case 8 -> signed ? SampleFormat.I8 : SampleFormat.U8;
            case 16 -> new SampleFormat.Words(isBigEndian, signed, false, SampleFormat.Words.MAX_LEVELS);
            default -> null;
        };
    }

    private int together() {
        return image.isPlanar() ? 1 : image.channels();
    }

    private long rowBytes(long width) {
        return (width * together() * image.bits() + 7) / 8;
    }

    private static Records records(long height, long width, int channels, SampleFormat format) {
        return channels == 1 ? Records.images("TIFF", 1, format, height, width)
                : Records.images("TIFF", 1, format, height, width, channels);
    }

    /** Every tile is an image of its own; they may lie in any order. */
    private void tiles() {
        long bytes = Records.product(image.stripRows(), rowBytes(image.tileWidth()));
        for (int i = 0; i < places.at().length && !out.isFull(); i++) {
            if (places.bytes()[i] >= bytes) {
                out.records(records(image.stripRows(), image.tileWidth(), together(), format), places.at()[i]);
            }
        }
    }

    /** Strips of ascending places are one image, of others an image each. */
    private void strips() {
        long rowBytes = rowBytes(image.width());
        long[] bytes = new long[places.at().length];
        for (int i = 0; i < bytes.length; i++) {
            long strip = i % image.stripsOfPlane();
            bytes[i] = Math.min(image.stripRows(), image.height() - strip * image.stripRows()) * rowBytes;
            if (places.bytes()[i] < bytes[i]) {
                return;
            }
        }
        if (places.isAscending()) {
            AnatomyBuilder.Strip run = out.run(records(image.height(), image.width(), image.channels(),
                    image.isPlanar() ? planes() : format));
            for (int i = 0; i < bytes.length && !out.isFull(); i++) {
                out.stretch(run, places.at()[i], bytes[i]);
            }
            return;
        }
        for (int i = 0; i < bytes.length && !out.isFull(); i++) {
            out.records(records(bytes[i] / rowBytes, image.width(), together(), format), places.at()[i]);
        }
    }

    /** The sample format of planes; of signed bytes, for which there is none, that of unsigned ones. */
    private SampleFormat planes() {
        return format instanceof SampleFormat.Words words ? words.withPlanes(true) : SampleFormat.PLANES;
    }
}
