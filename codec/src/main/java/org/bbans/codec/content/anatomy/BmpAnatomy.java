package org.bbans.codec.content.anatomy;

import java.io.IOException;
import org.bbans.codec.content.Records;
import org.bbans.codec.format.SampleFormat;
import org.bbans.codec.io.Fields;

/**
 * BMP without compression, 1, 8, 24 and 32 bits a pixel: rows from the bottom to the top or the other way, each filled
 * up to a multiple of four bytes. Colours are in the order of the bytes, blue first.
 */
final class BmpAnatomy {

    private static final int FILE_HEADER = 14;
    private static final int OLD_HEADER = 12;
    private static final int LEAST_HEADER = 40;
    private static final int PLAIN = 0;
    private static final int BIT_FIELDS = 3;
    private static final int ALPHA_BIT_FIELDS = 6;
    private static final int ROW_BYTES = 4;

    private BmpAnatomy() {}

    static void parse(Fields in, AnatomyBuilder out) throws IOException {
        if (!in.has(0, "BM")) {
            return;
        }
        long pixels = in.u32(10);
        long header = in.u32(FILE_HEADER);
        boolean old = header == OLD_HEADER;
        if (!old && (header < LEAST_HEADER || header > 1 << 10)) {
            return;
        }
        long width = old ? in.u16(18) : in.u32(18);
        long height = old ? in.u16(20) : Math.abs((int) in.u32(22));
        int planes = in.u16(old ? 22 : 26);
        int bits = in.u16(old ? 24 : 28);
        long compression = old ? PLAIN : in.u32(30);
        boolean plain = compression == PLAIN
                || bits == 32 && (compression == BIT_FIELDS || compression == ALPHA_BIT_FIELDS);
        if (!plain || planes != 1 || width < 1 || width > Integer.MAX_VALUE || height < 1
                || pixels < FILE_HEADER + header || bits != 1 && bits != 8 && bits != 24 && bits != 32) {
            return;
        }
        long row = (width * bits + 7) / 8;
        long period = (row + ROW_BYTES - 1) / ROW_BYTES * ROW_BYTES;
        SampleFormat format = bits == 1 ? SampleFormat.BIT_ROWS : SampleFormat.U8;
        Records image = bits <= 8 ? Records.images("BMP", 1, format, height, width)
                : Records.images("BMP", 1, format, height, width, bits / 8);
        if (row == period) {
            out.records(image, pixels);
            return;
        }
        AnatomyBuilder.Strip run = out.run(image);
        for (long y = 0; y < height && !out.isFull() && pixels + y * period < in.size(); y++) {
            out.stretch(run, pixels + y * period, row);
        }
    }
}
