package org.bbans.model.latent;

import java.util.Arrays;
import java.util.List;
import org.bbans.codec.Codec;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.distribution.DistributionCodec;
import org.bbans.codec.distribution.GaussianBuckets;
import org.bbans.model.causal.KnownSamples;
import org.bbans.model.causal.Workspace;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.Mlp;
import org.bbans.model.net.SparseInputs;
import org.bbans.model.spec.Transition;

/**
 * The approximate posterior of a group of records, layer by layer from the top of the chain: q(z_T | x), then
 * q(z_(T-1) | x, z_T) and so on, each of independent Gaussians over the buckets of the layer's prior.
 *
 * <p>Below the top, N(m, s^2) over the buckets of the conditional prior N(mu, sigma^2) is N(mu + sigma m, (sigma s)^2).
 * Either a network gives m and s, from the record and the layer above (Vahdat and Kautz, arXiv:2007.03898, section
 * 3.2), or it gives evidence from the record alone, N(a, b^2), and the posterior is the normalised product of prior
 * and evidence (Sonderby et al., arXiv:1602.02282): m = sigma (a - mu) / (sigma^2 + b^2) and s = b / sqrt(sigma^2 +
 * b^2). That is the form of the posterior of a likelihood which is Gaussian in the latent, whatever the prior.
 *
 * <p>Symbols are latent-major, the top layer first. For one thread.
 */
final class Posterior {

    private final Kernels kernels;
    private final KnownSamples.Raster samples;
    private final MarkovLatents latents;
    private final Mlp encoder;
    private final SparseInputs input;
    private final Layer[] layers;
    private final float[] mean;
    private final float[] sigma;
    /** All layers, its rows numbered as the symbols are. */
    private final GaussianBuckets buckets;

    Posterior(Workspace w, KnownSamples.Raster samples, MarkovLatents latents) {
        kernels = w.kernels();
        this.samples = samples;
        this.latents = latents;
        final int capacity = Kernels.lanesFor(w.records());
        encoder = new Mlp(w.network().encoder, w.spec().activation(), capacity);
        input = new SparseInputs(w.grid().dims(), capacity);
        mean = new float[latents.first(latents.layers()) * capacity];
        sigma = new float[mean.length];
        buckets = GaussianBuckets.of(w.engine());
        buckets.set(mean, sigma, 0);
        layers = new Layer[latents.layers()];
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer] = new Layer(layer, w);
        }
    }

    /** Sets the condition: the records whose levels are {@code x[off ..]}, sample-major. */
    void given(int[] x, int off) {
        samples.setAll(x, off, latents.records(), input);
        encoder.forward(kernels, input.rows, input.index, input.count, Kernels.lanesFor(latents.records()));
    }

    /**
     * The codec of the latents of the {@code depth} upper layers in groups of the current size; what {@link #given} was
     * given is its condition.
     */
    Codec codec(int depth) {
        return new UpperLayers(depth);
    }

    /** Finds the latents of all layers whose intervals hold the slots, and the sizes of those intervals. */
    void search(int[] slot, int[] z, int[] freq) {
        final int[] start = new int[slot.length];
        for (Layer layer : layers) {
            layer.given();
            buckets.search(slot, layer.first(), layer.size(), z, start, freq);
            layer.set(z, 0);
        }
    }

    /** The upper layers of the chain: a layer's distributions depend on the latents above it. */
    private final class UpperLayers implements Codec {

        private final DistributionCodec[] codecs;

        UpperLayers(int depth) {
            codecs = new DistributionCodec[depth];
            Arrays.setAll(codecs, layer -> layers[layer].codec());
        }

        @Override
        public int size() {
            return latents.first(codecs.length) * latents.records();
        }

        @Override
        public void push(AnsStack stack, int[] z, int off) {
            for (int layer = 0; layer < codecs.length; layer++) {
                layers[layer].given();
                layers[layer].set(z, off);
            }
            for (int layer = codecs.length - 1; layer >= 0; layer--) {
                codecs[layer].push(stack, z, off + layers[layer].first());
            }
        }

        @Override
        public void pop(AnsStack stack, int[] z, int off) {
            for (int layer = 0; layer < codecs.length; layer++) {
                layers[layer].given();
                codecs[layer].pop(stack, z, off + layers[layer].first());
                layers[layer].set(z, off);
            }
        }
    }

    /** The latents of one layer. */
    private final class Layer {

        private final int index;
        /** From {@link #seen} to the layer's parameters; absent for the top layer, which is the encoder's output. */
        private final Mlp network;
        /** The encoder's last hidden layer and, unless there is a product, the values of the layer above. */
        private final float[][] seen;
        private final boolean product;
        /** Its rows begin with this layer's. */
        private final GaussianBuckets rows;

        Layer(int index, Workspace w) {
            this.index = index;
            rows = GaussianBuckets.of(w.engine());
            if (index == 0) {
                network = null;
                seen = null;
                product = false;
            } else {
                final List<Transition> transitions = w.spec().transitions();
                product = transitions.get(transitions.size() - index).backward() == Transition.Backward.PRODUCT;
                network = new Mlp(w.network().posteriors.get(index - 1), w.spec().activation(),
                        Kernels.lanesFor(w.records()));
                final float[][] hidden = encoder.lastHidden();
                final float[][] above = product ? new float[0][] : latents.values(index - 1);
                seen = new float[hidden.length + above.length][];
                System.arraycopy(hidden, 0, seen, 0, hidden.length);
                System.arraycopy(above, 0, seen, hidden.length, above.length);
            }
        }

        /** The codec of its symbols in groups of the current size. */
        DistributionCodec codec() {
            rows.set(mean, sigma, first());
            return new DistributionCodec(rows, size());
        }

        /** Where its symbols begin. */
        int first() {
            return latents.first(index) * latents.records();
        }

        int size() {
            return latents.width(index) * latents.records();
        }

        /** Computes its parameters, given the records and the values of the layer above. */
        void given() {
            final int records = latents.records();
            final float[][] out = index == 0 ? encoder.outputs()
                    : network.forward(kernels, seen, Kernels.lanesFor(records));
            final int width = latents.width(index);
            if (product) {
                multiply(out, latents.prior(index), width, records);
                return;
            }
            for (int d = 0; d < width; d++) {
                final int row = first() + d * records;
                System.arraycopy(out[d], 0, mean, row, records);
                for (int j = 0; j < records; j++) {
                    sigma[row + j] = MarkovLatents.sigma(out[width + d][j]);
                }
            }
        }

        /** The product of the prior and the evidence, in units of the prior. */
        private void multiply(float[][] evidence, float[][] prior, int width, int records) {
            for (int d = 0; d < width; d++) {
                final int row = first() + d * records;
                for (int j = 0; j < records; j++) {
                    final float sigmaOfPrior = MarkovLatents.sigma(prior[width + d][j]);
                    final float sigmaOfEvidence = MarkovLatents.evidenceSigma(evidence[width + d][j]);
                    final float sum = Math.fma(sigmaOfEvidence, sigmaOfEvidence, sigmaOfPrior * sigmaOfPrior);
                    mean[row + j] = (evidence[d][j] - prior[d][j]) * sigmaOfPrior / sum;
                    sigma[row + j] = sigmaOfEvidence / (float) Math.sqrt(sum);
                }
            }
        }

        /** Sets its values, if the layer below needs them. */
        void set(int[] z, int off) {
            if (index < layers.length - 1) {
                latents.set(index, z, off);
            }
        }
    }
}
