package org.bbans.model;

import java.util.Arrays;
import java.util.List;
import org.bbans.codec.ans.AnsStack;

/**
 * Chooses the settings of a chain from a few of its records: as many heads as cost little, as few plain records as
 * the first latents need, groups that grow no faster than the bits for their latents.
 *
 * <p>Only the encoder plans; any plan decodes. Logarithms are {@code StrictMath}'s all the same, so that the archive's
 * bytes do not depend on the machine.
 */
final class ChainPlan {

    /** Heads may cost this share of the payload. */
    private static final double HEAD_SHARE = 0.001;
    /** Records that are looked at, half of them for their plain size, half for their size given latents. */
    private static final int PROBES = 16;
    /** Estimates are off by some bits, and a group needs its bits in every head at once. */
    private static final double MARGIN = 1.1;

    private ChainPlan() {
    }

    static ChainHeader of(LatentModel model, Gatherer records, int count, int lanes) {
        final int dims = model.spec().dims();
        final int probes = Math.min(count, Math.min(model.capacity(), PROBES));
        final int[] x = new int[dims * probes];
        // The records that will be coded first are the last ones.
        records.gather(count - probes, probes, x);
        model.group(probes);
        final Cost cost = Cost.of(model, x, probes);
        final int layers = cost.layers();
        final int heads = heads(cost.net(layers) * count);
        if (layers == 0) {
            return new ChainHeader(heads, lanes, ChainHeader.MAX_GROWTH, count, false);
        }
        final ChainHeader whole = first(heads, lanes, false, count, cost);
        if (layers == 1 || whole.plain() == 1) {
            return whole;
        }
        final ChainHeader ramp = first(heads, lanes, true, count, cost);
        return cost.excess(ramp, count) < cost.excess(whole, count) ? ramp : whole;
    }

    /** The plan to try after one whose group at {@code coded} found too few bits. */
    static ChainHeader afterUnderflow(ChainHeader h, int coded, int count) {
        if (h.groupSize(coded, count) > 1 && h.growth() > 1) {
            return new ChainHeader(h.heads(), h.lanes(), h.growth() - (h.growth() + 3) / 4, h.plain(), h.ramp());
        }
        final int plain = Math.min(count, h.plain() + 1 + h.plain() / 8);
        return new ChainHeader(h.heads(), h.lanes(), h.growth(), plain, h.ramp());
    }

    /** The plan with the fewest plain records, and the largest groups that these allow. */
    private static ChainHeader first(int heads, int lanes, boolean ramp, int count, Cost cost) {
        for (int n = 1; n < count; n++) {
            for (int growth = ChainHeader.MAX_GROWTH; growth > 0; growth--) {
                final ChainHeader header = new ChainHeader(heads, lanes, growth, n, ramp);
                if (cost.suffices(header, count)) {
                    return header;
                }
            }
        }
        return new ChainHeader(heads, lanes, ChainHeader.MAX_GROWTH, count, false);
    }

    /**
     * Estimates of what a record takes when its latents are those of the {@code depth} upper layers.
     *
     * @param popped {@code [depth]}: bits that its latents are popped from
     * @param net {@code [depth]}: bits that the stack grows by
     */
    private record Cost(double[] popped, double[] net) {

        static Cost of(LatentModel model, int[] x, int records) {
            final List<Integer> layers = model.spec().layers();
            final int latents = model.spec().latents();
            final double[] popped = new double[layers.size() + 1];
            final double[] net = new double[layers.size() + 1];
            final int[] z = new int[latents * records];
            final int[] freq = new int[latents * records];
            int precision = 0;
            if (latents > 0) {
                final Posterior posterior = model.posterior(x);
                precision = posterior.precision();
                // A middling slot samples a middling latent: close to the posterior's median.
                final int[] slot = new int[latents * records];
                Arrays.fill(slot, 1 << precision - 1);
                posterior.search(slot, z, new int[slot.length], freq);
            }
            final int intervals = x.length * model.intervalsPerSample();
            final int[] start = new int[intervals];
            final int[] frequency = new int[intervals];
            int used = 0;
            for (int depth = 0; depth <= layers.size(); depth++) {
                if (depth > 0) {
                    used += layers.get(layers.size() - depth);
                }
                // Median buckets are the most probable ones; a Gaussian's average costs half a nat more.
                popped[depth] = information(freq, used * records, precision) / records
                    + used * 0.5 / StrictMath.log(2);
                final RecordLikelihood given = model.likelihood(z, 0, depth);
                given.intervals(x, 0, start, frequency);
                net[depth] = information(frequency, intervals, given.precision()) / records
                    + LatentModel.LATENT_BITS * used - popped[depth];
            }
            return new Cost(popped, net);
        }

        int layers() {
            return net.length - 1;
        }

        double net(int depth) {
            return net[depth];
        }

        /** Whether every group finds its bits. */
        boolean suffices(ChainHeader h, int count) {
            double bits = h.plain() * net[0] - 32.0 * h.heads();
            int size;
            for (int coded = h.plain(); coded < count; coded += size) {
                size = h.groupSize(coded, count);
                final int depth = h.depth(coded, layers());
                if (size * popped[depth] * MARGIN > bits) {
                    return false;
                }
                bits += size * net[depth];
                if (size == h.lanes() && depth == layers() && net[depth] > 0) {
                    break;
                }
            }
            return true;
        }

        /** Bits that the records take which do without some of the layers, beyond what they would take with all. */
        double excess(ChainHeader h, int count) {
            double excess = 0;
            int size;
            for (int coded = 0; coded < count && h.depth(coded, layers()) < layers(); coded += size) {
                size = h.groupSize(coded, count);
                excess += size * (net[h.depth(coded, layers())] - net[layers()]);
            }
            return excess;
        }
    }

    private static int heads(double payloadBits) {
        int heads = 1;
        while (heads < AnsStack.MAX_HEADS && 2 * heads * 47 <= HEAD_SHARE * payloadBits) {
            heads *= 2;
        }
        return heads;
    }

    /** Bits of information of symbols with these frequencies. */
    static double information(int[] freq, int n, int precision) {
        double log = 0;
        for (int i = 0; i < n; i++) {
            log += StrictMath.log(freq[i]);
        }
        return n * precision - log / StrictMath.log(2);
    }

    /** Fetches records, sample-major. */
    @FunctionalInterface
    interface Gatherer {
        void gather(int first, int records, int[] x);
    }
}
