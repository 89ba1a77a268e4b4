package org.bbans.model.image;

/**
 * Codes samples by the mixture alone, in decisions that search outwards from the prediction: fewer than the digits of a
 * {@link DecisionCoder} where the error is small.
 */
final class SearchCoder extends LevelCoder {

    /** The sample is among the levels from here, below there; and the distribution function at both. */
    private int from;
    private int to;
    private float low;
    private float high;

    SearchCoder(BitStack stack, boolean decoding, int levels, ImageShape shape) {
        super(stack, decoding, levels, shape);
    }

    /**
     * Codes a sample.
     *
     * @param sample what to encode; ignored by a decoder
     * @param row the row of {@code head} that has the sample's mixture
     * @return the sample
     */
    int code(int sample, HeadLearner head, int row) {
        take(head, row);
        from = 0;
        to = levels;
        low = 0f;
        high = 1f;
        final boolean up = decide(Math.max(1, Math.min(levels - 1, Math.round(head.prediction[row]))), sample);
        // The first step is about as wide as the error that is expected, each further one twice as wide.
        int step = 1 << Math.max(0, Math.getExponent(head.scale[row]));
        while (to - from > step && decide(up ? from + step : to - step, sample) == up) {
            step <<= 1;
        }
        while (to - from > 1) {
            decide(from + to >>> 1, sample);
        }
        return from;
    }

    /** Codes whether the sample is {@code cut} or more. */
    private boolean decide(int cut, int sample) {
        final float f = below(cut);
        final float a = mass(f, high);
        final boolean up = put(a / (a + mass(low, f)), sample >= cut ? 1 : 0) != 0;
        if (up) {
            from = cut;
            low = f;
        } else {
            to = cut;
            high = f;
        }
        return up;
    }
}
