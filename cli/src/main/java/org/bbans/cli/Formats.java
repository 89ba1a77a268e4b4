package org.bbans.cli;

import org.bbans.codec.format.SampleFormat;

/** Names of sample formats. */
final class Formats {

    private Formats() {
    }

    /** For people. */
    static String describe(SampleFormat format) {
        if (format instanceof SampleFormat.TwoValued two) {
            return "bytes " + two.lo() + " and " + two.hi();
        }
        return format.equals(SampleFormat.U8) ? "bytes" : format.equals(SampleFormat.BITS) ? "bits" : "rows of bits";
    }

    /** For programs; what {@code --record-shape} calls them. */
    static String name(SampleFormat format) {
        return format.levels() == 256 || format instanceof SampleFormat.TwoValued ? "u8"
                : format.equals(SampleFormat.BITS) ? "bits" : "bitrows";
    }
}
