package org.bbans.model.chain;

import org.bbans.codec.Tape;
import org.bbans.codec.distribution.Distribution;
import org.bbans.codec.distribution.GaussianBuckets;

/**
 * What records of a group take, in bits, with one sample of their latents.
 *
 * @param popped {@code [depth][record]}, what must be on the stack for the latents to be popped from; null at depths
 *     that were not asked for
 * @param net {@code [depth][record]}, what the stack grows by; null likewise
 * @param samples {@code [record]}, of net at the greatest depth, -log2 p(x | z)
 * @param latents of net, what is not the samples', summed over the records: for each latent, those of the top layer
 *     first, log2 q(z | x) / p(z) given the layer above; for each step of a path, the last one first, log2 of
 *     q(x_t | x_(t-1)) / p(x_t | x_(t+1))
 */
public record GroupCost(double[][] popped, double[][] net, double[] samples, double[] latents) {

    /** Binary logarithm of the number of slots of a posterior. */
    private static final int SLOT_BITS = Distribution.PRECISION;

    /**
     * The costs with layers of latents whose prior is uniform over buckets.
     *
     * @param records number of records
     */
    static GroupCost of(LatentGroup groups, int[] x, int records, int[] slot, int leastDepth) {
        final int[] layers = groups.model().layers();
        final double[][] popped = new double[layers.length + 1][];
        final double[][] net = new double[layers.length + 1][];
        final int[] z = new int[slot.length];
        final int[] freq = new int[slot.length];
        groups.sample(x, slot, z, freq);
        final Tape tape = Tape.withOwners();
        double[] samples = new double[records];
        int used = 0;
        for (int depth = 0; depth <= layers.length; depth++) {
            used += depth == 0 ? 0 : layers[depth - 1];
            if (depth < leastDepth) {
                continue;
            }
            tape.clear();
            groups.trace(x, z, depth, tape);
            samples = tape.bitsByOwner(records);
            popped[depth] = new double[records];
            net[depth] = new double[records];
            for (int j = 0; j < records; j++) {
                popped[depth][j] = bitsPopped(freq, j, records, used);
                net[depth][j] = samples[j] + GaussianBuckets.BITS * used - popped[depth][j];
            }
        }
        final double[] latents = new double[slot.length / records];
        for (int i = 0; i < slot.length; i++) {
            latents[i / records] += log2(freq[i]) - SLOT_BITS + GaussianBuckets.BITS;
        }
        return new GroupCost(popped, net, samples, latents);
    }

    /** Bits that the first {@code n} latents of a record are popped from. */
    private static double bitsPopped(int[] freq, int record, int records, int n) {
        double log = 0;
        for (int d = 0; d < n; d++) {
            log += StrictMath.log(freq[record + d * records]);
        }
        return n * SLOT_BITS - log / StrictMath.log(2);
    }

    private static double log2(int n) {
        return StrictMath.log(n) / StrictMath.log(2);
    }
}
