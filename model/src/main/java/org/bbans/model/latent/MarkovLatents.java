package org.bbans.model.latent;

import java.util.ArrayList;
import java.util.List;
import org.bbans.codec.distribution.GaussianBuckets;
import org.bbans.codec.math.Exact;
import org.bbans.model.causal.Workspace;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.Mlp;
import org.bbans.model.net.Network;

/**
 * The latents of a group of records: a Markov chain of layers, from the top one (0 here) to the one that the decoder
 * sees, as buckets and as values.
 *
 * <p>The buckets of every layer have equal mass under its prior given the layer above (Townsend et al., HiLLoC,
 * arXiv:1912.09953, section 3.2): bucket b of a latent whose conditional prior is N(mu, sigma^2) stands for
 * {@code mu + sigma * centre(b)}, so that in buckets the prior is uniform and the layers are independent.
 *
 * <p>These buckets cannot be had in the order of Bit-Swap (Kingma, Abbeel and Ho, arXiv:1905.06845, section 3), which
 * pops a layer before the one above it is known and so keeps the initial bits those of one layer: there, a layer's
 * values must be fixed. Here the top layer is popped first, and the chain's ramp keeps the initial bits low.
 *
 * <p>Latents are latent-major, those of the top layer first. For one thread.
 */
final class MarkovLatents {

    private static final float LOG_SIGMA_MIN = -6f;
    private static final float LOG_SIGMA_MAX = 1f;
    private static final float LOG_EVIDENCE_MAX = 4f;

    private final Kernels kernels;
    /** The networks from the layer above to the prior of a layer; absent for the top one. */
    private final List<Mlp> priors = new ArrayList<>();
    /** {@code [layer][latent][lane]}. */
    private final float[][][] z;
    private final int[] first;
    private int records;

    MarkovLatents(Workspace w) {
        kernels = w.kernels();
        final Network network = w.network();
        final int capacity = Kernels.lanesFor(w.records());
        network.priors.forEach(p -> priors.add(new Mlp(p, network.spec.activation(), capacity)));
        final List<Integer> layers = network.spec.latentLayers();
        z = new float[layers.size()][][];
        first = new int[z.length + 1];
        for (int layer = 0; layer < z.length; layer++) {
            z[layer] = new float[layers.get(z.length - 1 - layer)][capacity];
            first[layer + 1] = first[layer] + z[layer].length;
        }
    }

    /** exp of a network's output, within the limits that a standard deviation has. */
    static float sigma(float logSigma) {
        return Exact.exp(Math.min(Math.max(logSigma, LOG_SIGMA_MIN), LOG_SIGMA_MAX));
    }

    /** Likewise of evidence, which may say almost nothing. */
    static float evidenceSigma(float logSigma) {
        return Exact.exp(Math.min(Math.max(logSigma, LOG_SIGMA_MIN), LOG_EVIDENCE_MAX));
    }

    /** Sets the number of records in a group from now on. */
    void group(int count) {
        records = count;
    }

    /** The number of records in a group. */
    int records() {
        return records;
    }

    /** The number of layers. */
    int layers() {
        return z.length;
    }

    /** The number of latents in a layer. */
    int width(int layer) {
        return z[layer].length;
    }

    /** The number of latents in the layers above a layer, which is where its own begin. */
    int first(int layer) {
        return first[layer];
    }

    /** The values of a layer, {@code [latent][lane]}, as they have been set last. */
    float[][] values(int layer) {
        return z[layer];
    }

    /**
     * The values of the chain's last layer.
     *
     * @param buckets from {@code off} on, the buckets of the latents of {@code depth} layers
     * @param depth layers below these are at their prior's median
     */
    float[][] values(int[] buckets, int off, int depth) {
        for (int layer = 0; layer < z.length; layer++) {
            if (layer < depth) {
                set(layer, buckets, off);
            } else {
                setToMedian(layer);
            }
        }
        return z[z.length - 1];
    }

    /** Sets the values of a layer, given those of the layer above. The buckets of the chain begin at {@code off}. */
    void set(int layer, int[] buckets, int off) {
        final int from = off + first[layer] * records;
        final float[][] prior = prior(layer);
        for (int d = 0; d < z[layer].length; d++) {
            final float[] row = z[layer][d];
            for (int j = 0; j < records; j++) {
                row[j] = GaussianBuckets.centre(buckets[from + d * records + j]);
            }
            if (layer > 0) {
                final float[] mean = prior[d];
                final float[] logSigma = prior[z[layer].length + d];
                for (int j = 0; j < records; j++) {
                    row[j] = Math.fma(sigma(logSigma[j]), row[j], mean[j]);
                }
            }
        }
    }

    private void setToMedian(int layer) {
        final float[][] prior = prior(layer);
        for (int d = 0; d < z[layer].length; d++) {
            for (int j = 0; j < records; j++) {
                z[layer][d][j] = layer > 0 ? prior[d][j] : 0f;
            }
        }
    }

    /** Means, then logarithms of standard deviations, given the values of the layer above; null for the top layer. */
    float[][] prior(int layer) {
        return layer == 0 ? null : priors.get(layer - 1).forward(kernels, z[layer - 1], Kernels.lanesFor(records));
    }
}
