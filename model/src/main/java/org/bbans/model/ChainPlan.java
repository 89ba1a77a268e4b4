package org.bbans.model;

import java.util.List;
import org.bbans.codec.ans.AnsStack;

/**
 * Chooses the settings of a chain from a few of its records: without latents where these do not pay; else as many heads
 * as cost little, as few plain records as give all of them the bits for the first latents, groups that grow no faster
 * than the bits for theirs.
 *
 * <p>Only the encoder plans; any plan decodes. Logarithms are {@code StrictMath}'s all the same, so that the archive's
 * bytes do not depend on the machine.
 */
final class ChainPlan {

    /** Heads, and plain records for them, may cost this share of the payload. */
    private static final double HEAD_SHARE = 0.001;
    /** Records that are looked at: few of a small block, for they are coded once more than the others. */
    private static final int MIN_PROBES = 16;
    private static final int MAX_PROBES = 64;
    private static final int PROBE_SHARE = 16;
    /** Estimates are off by some bits, and a group needs its bits in every head at once. */
    private static final double MARGIN = 1.1;
    /** Multiples of the golden section modulo 2^32: they spread evenly. */
    private static final int GOLDEN = 0x9E37_79B1;

    private ChainPlan() {
    }

    static ChainHeader of(LatentModel model, Gatherer records, int count, int lanes) {
        final Cost cost = Cost.of(model, records, count, lanes);
        final int layers = cost.layers();
        if (layers == 0 || cost.latentsDoNotPay()) {
            final int heads = heads(ChainHeader.HEAD_BITS, cost.net(0) * count, lanes);
            return new ChainHeader(heads, lanes, ChainHeader.MAX_GROWTH, count, false);
        }
        // The heads need a plain record each: a group of fewer leaves some without any bits, and the latents that are
        // then popped from these are no samples of the posterior but its outermost buckets.
        final double plainExcess = Math.max(0, cost.net(0) - cost.net(layers));
        final int heads = heads(ChainHeader.HEAD_BITS + plainExcess, cost.net(layers) * count, lanes);
        final ChainHeader whole = first(heads, lanes, false, count, cost);
        if (layers == 1 || whole.plain() == heads) {
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

    /** The plan with the fewest plain records, one for each head at least, and the largest groups that these allow. */
    private static ChainHeader first(int heads, int lanes, boolean ramp, int count, Cost cost) {
        for (int n = heads; n < count; n++) {
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
     * @param extra {@code [record]}: what it grows by more with all latents than without
     */
    private record Cost(double[] popped, double[] net, double[] extra) {

        static Cost of(LatentModel model, Gatherer gatherer, int count, int lanes) {
            final int wanted = Math.max(MIN_PROBES, Math.min(count / PROBE_SHARE, MAX_PROBES));
            final int records = Math.min(count, Math.min(lanes, wanted));
            final int[] x = new int[model.spec().dims() * records];
            gatherer.gather(records, count / records, x);
            model.group(records);
            final List<Integer> layers = model.spec().layers();
            final int latents = model.spec().latents();
            final double[] popped = new double[layers.size() + 1];
            final double[] net = new double[layers.size() + 1];
            final double[] extra = new double[records];
            final int[] z = new int[latents * records];
            final int[] freq = new int[latents * records];
            int precision = 0;
            if (latents > 0) {
                final Posterior posterior = model.posterior(x);
                precision = posterior.precision();
                final int[] slot = new int[latents * records];
                for (int i = 0; i < slot.length; i++) {
                    slot[i] = i * GOLDEN >>> Integer.SIZE - precision;
                }
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
                final RecordLikelihood given = model.likelihood(z, 0, depth);
                given.intervals(x, 0, start, frequency);
                for (int j = 0; j < records; j++) {
                    final double out = information(freq, j, records, used, precision);
                    final double cost = information(frequency, j, records, intervals / records, given.precision())
                        + LatentModel.LATENT_BITS * used - out;
                    popped[depth] += out / records;
                    net[depth] += cost / records;
                    extra[j] = depth == 0 ? -cost : depth == layers.size() ? extra[j] + cost : extra[j];
                }
            }
            return new Cost(popped, net, extra);
        }

        int layers() {
            return net.length - 1;
        }

        double net(int depth) {
            return net[depth];
        }

        /** Whether records without latents are cheaper, and that by more than their number leaves to chance. */
        boolean latentsDoNotPay() {
            double sum = 0;
            for (double e : extra) {
                sum += e;
            }
            final double mean = sum / extra.length;
            double squares = 0;
            for (double e : extra) {
                squares += (e - mean) * (e - mean);
            }
            return extra.length > 1 && mean > StrictMath.sqrt(squares / (extra.length - 1) / extra.length);
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

    /** As many heads as cost little; those beyond the lanes would never see a sample. */
    private static int heads(double bitsEach, double payloadBits, int lanes) {
        int heads = 1;
        while (heads < Math.min(AnsStack.MAX_HEADS, lanes) && 2 * heads * bitsEach <= HEAD_SHARE * payloadBits) {
            heads *= 2;
        }
        return heads;
    }

    /** Bits of information of symbols with these frequencies. */
    static double information(int[] freq, int n, int precision) {
        return information(freq, 0, 1, n, precision);
    }

    /** Bits of information of the {@code n} symbols with the frequencies {@code freq[first + i * step]}. */
    private static double information(int[] freq, int first, int step, int n, int precision) {
        double log = 0;
        for (int i = 0; i < n; i++) {
            log += StrictMath.log(freq[first + i * step]);
        }
        return n * precision - log / StrictMath.log(2);
    }

    /** Fetches the block's records 0, step, 2 * step and so on, sample-major. */
    @FunctionalInterface
    interface Gatherer {
        void gather(int records, int step, int[] x);
    }
}
