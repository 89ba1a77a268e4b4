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
        return switch (name(format)) {
            case "u8" -> "bytes";
            case "planes" -> "planes of bytes";
            case "bits" -> "bits";
            default -> "rows of bits";
        };
    }

    /** For programs; what {@code --record-shape} calls them. */
    static String name(SampleFormat format) {
        if (format.equals(SampleFormat.U8) || format instanceof SampleFormat.TwoValued) {
            return "u8";
        }
        return format.equals(SampleFormat.PLANES) ? "planes" : format.equals(SampleFormat.BITS) ? "bits" : "bitrows";
    }
}
