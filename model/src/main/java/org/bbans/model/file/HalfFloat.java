package org.bbans.model.file;

/** IEEE 754 binary16 to and from {@code float}; {@code java.lang.Float} has these only from Java 20. */
final class HalfFloat {

    private HalfFloat() {}

    /** Exact. */
    static float toFloat(short half) {
        final int sign = (half & 0x8000) << 16;
        final int exponent = half >>> 10 & 0x1F;
        final int fraction = half & 0x3FF;
        if (exponent == 0) {
            final float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        if (exponent == 0x1F) {
            return Float.intBitsToFloat(sign | 0x7F80_0000 | fraction << 13);
        }
        return Float.intBitsToFloat(sign | exponent + 112 << 23 | fraction << 13);
    }

    /** Rounds to nearest, ties to even; overflow gives an infinity. */
    static short fromFloat(float value) {
        final int bits = Float.floatToIntBits(value);
        final int sign = bits >>> 16 & 0x8000;
        final int magnitude = bits & 0x7FFF_FFFF;
        if (magnitude > 0x7F80_0000) {
            return (short) (sign | 0x7E00);
        }
        if (magnitude < 113 << 23) {
            // Below 2^-14: adding 1/2 leaves the value's multiples of 2^-24 in the low bits, rounded by the addition
            // itself.
            final float shifted = Float.intBitsToFloat(magnitude) + 0.5f;
            return (short) (sign | Float.floatToRawIntBits(shifted) - 0x3F00_0000);
        }
        final int rounded = magnitude - (112 << 23) + 0xFFF + (magnitude >>> 13 & 1);
        return (short) (sign | Math.min(rounded >>> 13, 0x7C00));
    }
}
