package org.bbans.cli;

import org.bbans.codec.content.RecordShape;
import org.bbans.codec.format.SampleFormat;

/** Names of sample formats. */
final class Formats {

    private Formats() {}

    /** For people. */
    static String describe(SampleFormat format) {
        if (format instanceof SampleFormat.TwoValued two) {
            return "bytes " + two.lo() + " and " + two.hi();
        }
        if (format instanceof SampleFormat.Bits bits) {
            return bits.isInverted() ? "inverted bits" : "bits";
        }
        if (format instanceof SampleFormat.BitRows rows) {
            return rows.isInverted() ? "rows of inverted bits" : "rows of bits";
        }
        if (format instanceof SampleFormat.Words words) {
            return (words.isPlanar() ? "planes of " : "") + "16-bit numbers";
        }
        return format.equals(SampleFormat.PLANES) ? "planes of bytes"
                : format.equals(SampleFormat.I8) ? "signed bytes" : "bytes";
    }

    /** For programs; what {@code --record-shape} calls them. */
    static String name(SampleFormat format) {
        return RecordShape.name(format);
    }
}
