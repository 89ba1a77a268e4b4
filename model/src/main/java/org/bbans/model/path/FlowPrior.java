package org.bbans.model.path;

import java.util.Arrays;
import org.bbans.codec.Codec;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.distribution.DistributionCodec;
import org.bbans.codec.distribution.TruncatedGaussian;
import org.bbans.codec.distribution.Uniform;
import org.bbans.model.spec.FlowSpec;

/**
 * N(0, 1) for values in bins of a flow, as large as they may be: first which stretch of 1 / 32 of a unit it is, from
 * -16 to 16, of which the outermost two stand for all beyond; then which stretch, of those beyond; then which bin of
 * its stretch, all of them alike.
 */
final class FlowPrior implements Codec {

    /** Binary logarithm of the number of stretches of a unit. */
    private static final int STRETCH_BITS = 5;
    private static final int FINE_BITS = FlowSpec.BIN_BITS - STRETCH_BITS;
    /** Number of stretches. */
    private static final int COUNT = 1024;
    /** Binary logarithm of the number of stretches beyond each of the outermost. */
    private static final int BEYOND_BITS = 24;

    private final int size;
    final TruncatedGaussian coarse = new TruncatedGaussian();
    private final DistributionCodec coarseCodec;
    private final DistributionCodec beyondCodec;
    private final DistributionCodec fineCodec;
    private final int[] stretch;
    private final int[] beyond;
    private final int[] fine;

    FlowPrior(int size) {
        this.size = size;
        final float[] mean = new float[size];
        final float[] sigma = new float[size];
        final int[] count = new int[size];
        Arrays.fill(mean, COUNT / 2);
        Arrays.fill(sigma, 1 << STRETCH_BITS);
        Arrays.fill(count, COUNT);
        coarse.set(mean, sigma, count);
        coarseCodec = new DistributionCodec(coarse, size);
        beyondCodec = new DistributionCodec(new Uniform(BEYOND_BITS), size);
        fineCodec = new DistributionCodec(new Uniform(FINE_BITS), size);
        stretch = new int[size];
        beyond = new int[size];
        fine = new int[size];
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void push(AnsStack stack, int[] x, int off) {
        final int n = split(x, off);
        fineCodec.push(stack, fine, 0);
        beyondCodec.push(stack, beyond, 0, n);
        coarseCodec.push(stack, stretch, 0);
    }

    @Override
    public void pop(AnsStack stack, int[] x, int off) {
        coarseCodec.pop(stack, stretch, 0);
        int n = 0;
        for (int s : stretch) {
            n += isOutermost(s) ? 1 : 0;
        }
        beyondCodec.pop(stack, beyond, 0, n);
        fineCodec.pop(stack, fine, 0);
        n = 0;
        for (int i = 0; i < size; i++) {
            int s = stretch[i];
            if (isOutermost(s)) {
                s += s == 0 ? -beyond[n] : beyond[n];
                n++;
            }
            x[off + i] = (s - COUNT / 2 << FINE_BITS) + fine[i];
        }
    }

    /** Bits of values beside those of their stretches. */
    double bitsBeyondAndFine(int[] x) {
        return FINE_BITS * (double) size + BEYOND_BITS * (double) split(x, 0);
    }

    /** The stretches of values; the array is reused. */
    int[] stretches(int[] x) {
        split(x, 0);
        return stretch;
    }

    private static boolean isOutermost(int stretch) {
        return stretch == 0 || stretch == COUNT - 1;
    }

    /** Returns how many lie in the outermost stretches or beyond. */
    private int split(int[] x, int off) {
        int n = 0;
        for (int i = 0; i < size; i++) {
            final int s = (x[off + i] >> FINE_BITS) + COUNT / 2;
            stretch[i] = Math.max(0, Math.min(COUNT - 1, s));
            fine[i] = x[off + i] & (1 << FINE_BITS) - 1;
            if (isOutermost(stretch[i])) {
                beyond[n++] = Math.abs(s - stretch[i]);
            }
        }
        return n;
    }
}
