package org.bbans.model;

import java.util.Arrays;
import org.bbans.codec.Distribution;
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
        final int latents = model.spec().latents();
        final int dims = model.spec().dims();
        final int probes = Math.min(count, Math.min(model.capacity(), PROBES));
        final int[] x = new int[dims * probes];
        final int[] start = new int[dims * probes];
        final int[] freq = new int[dims * probes];
        // The records that will be coded first are the last ones.
        records.gather(count - probes, probes, x);
        model.group(probes);
        final CausalLikelihood plain = model.plain();
        plain.intervals(x, 0, start, freq);
        final double plainBits = information(freq, dims * probes, plain.precision()) / probes;
        if (latents == 0) {
            return new ChainHeader(heads(plainBits * count), lanes, ChainHeader.MAX_GROWTH, count);
        }
        final int[] z = new int[latents * probes];
        final int[] slot = new int[latents * probes];
        final int[] zStart = new int[latents * probes];
        final int[] zFreq = new int[latents * probes];
        final Distribution posterior = model.posteriorDistribution(x, 0);
        // A middling slot samples a middling latent: close to the posterior's median.
        Arrays.fill(slot, 1 << posterior.precision() - 1);
        posterior.search(slot, 0, slot.length, z, zStart, zFreq);
        // Median buckets are the most probable ones; a Gaussian's average costs half a nat more.
        final double popped = information(zFreq, zFreq.length, posterior.precision()) / probes
            + latents * 0.5 / StrictMath.log(2);
        final CausalLikelihood given = model.likelihood(z, 0);
        given.intervals(x, 0, start, freq);
        final double likelihoodBits = information(freq, dims * probes, given.precision()) / probes;
        final double net = likelihoodBits + LatentModel.LATENT_BITS * latents - popped;
        final int heads = heads(net * count);
        for (int n = 1; n < count; n++) {
            for (int growth = ChainHeader.MAX_GROWTH; growth > 0; growth--) {
                final ChainHeader header = new ChainHeader(heads, lanes, growth, n);
                if (suffices(header, count, plainBits, popped, net)) {
                    return header;
                }
            }
        }
        return new ChainHeader(heads, lanes, ChainHeader.MAX_GROWTH, count);
    }

    /** The plan to try after one whose group at {@code coded} found too few bits. */
    static ChainHeader afterUnderflow(ChainHeader h, int coded, int count) {
        if (h.groupSize(coded, count) > 1 && h.growth() > 1) {
            return new ChainHeader(h.heads(), h.lanes(), h.growth() - (h.growth() + 3) / 4, h.plain());
        }
        final int plain = Math.min(count, h.plain() + 1 + h.plain() / 8);
        return new ChainHeader(h.heads(), h.lanes(), h.growth(), plain);
    }

    /** Whether every group finds its bits, by these estimates. */
    private static boolean suffices(ChainHeader h, int count, double plainBits, double popped, double net) {
        double bits = h.plain() * plainBits - 32.0 * h.heads();
        int size;
        for (int coded = h.plain(); coded < count; coded += size) {
            size = h.groupSize(coded, count);
            if (size * popped * MARGIN > bits) {
                return false;
            }
            bits += size * net;
            if (size == h.lanes() && net > 0) {
                break;
            }
        }
        return true;
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
