package org.bbans.model.latent;

import org.bbans.codec.Codec;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.distribution.DistributionCodec;
import org.bbans.codec.distribution.GaussianBuckets;
import org.bbans.codec.engine.Engine;
import org.bbans.model.causal.SampleRows;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.Mlp;
import org.bbans.model.net.Network;

/**
 * The approximate posterior of a group of records, layer by layer from the top of the chain: q(z_T | x), then
 * q(z_(T-1) | x, z_T) and so on, each of independent Gaussians over the buckets of the layer's prior.
 *
 * <p>Below the top, the networks give mean and standard deviation in units of the conditional prior (Vahdat and Kautz,
 * arXiv:2007.03898, section 3.2): N(m, s^2) over the buckets of N(mu, sigma^2) is N(mu + sigma m, (sigma s)^2).
 *
 * <p>Symbols are latent-major, the top layer first. A workspace: one for each thread.
 */
public final class Posterior {

    private final Kernels kernels;
    private final SampleRows samples;
    private final MarkovLatents chain;
    private final Mlp encoder;
    private final float[][] input;
    private final int[] inputIndex;
    private final Layer[] layers;
    private final float[] mean;
    private final float[] sigma;
    /** All layers, its rows numbered as the symbols are. */
    private final GaussianBuckets buckets;
    private int records;

    Posterior(Network network, Engine engine, SampleRows samples, MarkovLatents chain, int capacity) {
        this.kernels = Kernels.of(engine);
        this.samples = samples;
        this.chain = chain;
        encoder = new Mlp(network.encoder, network.spec.activation(), capacity);
        input = new float[samples.rows.length][];
        inputIndex = new int[samples.rows.length];
        mean = new float[chain.first(chain.layers()) * capacity];
        sigma = new float[mean.length];
        buckets = new GaussianBuckets(engine);
        buckets.set(mean, sigma, 0);
        layers = new Layer[chain.layers()];
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer] = new Layer(layer, network, engine, capacity);
        }
    }

    /** The number of records in a group from now on. */
    void group(int count) {
        records = count;
        for (Layer layer : layers) {
            layer.group();
        }
    }

    /** Sets the condition: the records whose levels are {@code x[off ..]}, sample-major. */
    void given(int[] x, int off) {
        int k = 0;
        for (int i = 0; i < input.length; i++) {
            samples.set(i, x, off + i * records, records);
            if (!samples.blank[i]) {
                input[k] = samples.rows[i];
                inputIndex[k++] = i;
            }
        }
        encoder.forward(kernels, input, inputIndex, k, Kernels.lanesFor(records));
    }

    /** The codec of the latents of the {@code depth} upper layers; what {@link #given} was given is its condition. */
    Codec codec(int depth) {
        return new Chain(depth);
    }

    /** Binary logarithm of the slots that {@link #search} takes. */
    public int precision() {
        return buckets.precision();
    }

    /** Finds the latents of all layers whose intervals hold the slots, and those intervals. */
    public void search(int[] slot, int[] z, int[] start, int[] freq) {
        for (Layer layer : layers) {
            layer.given();
            buckets.search(slot, layer.first(), layer.size(), z, start, freq);
            layer.set(z, 0);
        }
    }

    /** Writes the intervals of the latents of all layers. */
    public void intervals(int[] z, int[] start, int[] freq) {
        for (Layer layer : layers) {
            layer.given();
            buckets.intervals(z, layer.first(), layer.size(), start, freq);
            layer.set(z, 0);
        }
    }

    /** The upper layers of the chain: a layer's distributions depend on the latents above it. */
    private final class Chain implements Codec {

        private final int depth;

        Chain(int depth) {
            this.depth = depth;
        }

        @Override
        public int size() {
            return chain.first(depth) * records;
        }

        @Override
        public void push(AnsStack stack, int[] z, int off) {
            for (int layer = 0; layer < depth; layer++) {
                layers[layer].given();
                layers[layer].set(z, off);
            }
            for (int layer = depth - 1; layer >= 0; layer--) {
                layers[layer].codec.push(stack, z, off + layers[layer].first());
            }
        }

        @Override
        public void pop(AnsStack stack, int[] z, int off) {
            for (int layer = 0; layer < depth; layer++) {
                layers[layer].given();
                layers[layer].codec.pop(stack, z, off + layers[layer].first());
                layers[layer].set(z, off);
            }
        }
    }

    /** The latents of one layer. */
    private final class Layer {

        private final int index;
        /** From {@link #seen} to the layer's parameters; absent for the top layer, which is the encoder's output. */
        private final Mlp network;
        /** The encoder's last hidden layer, then the values of the layer above. */
        private final float[][] seen;
        /** Its rows begin with this layer's. */
        private final GaussianBuckets rows;
        private Codec codec;

        Layer(int index, Network networks, Engine engine, int capacity) {
            this.index = index;
            rows = new GaussianBuckets(engine);
            if (index == 0) {
                network = null;
                seen = null;
            } else {
                network = new Mlp(networks.posteriors.get(index - 1), networks.spec.activation(), capacity);
                final float[][] hidden = encoder.lastHidden();
                final float[][] above = chain.values(index - 1);
                seen = new float[hidden.length + above.length][];
                System.arraycopy(hidden, 0, seen, 0, hidden.length);
                System.arraycopy(above, 0, seen, hidden.length, above.length);
            }
        }

        void group() {
            rows.set(mean, sigma, first());
            codec = new DistributionCodec(rows, size());
        }

        /** Where its symbols begin. */
        int first() {
            return chain.first(index) * records;
        }

        int size() {
            return chain.width(index) * records;
        }

        /** Computes its parameters, given the records and the values of the layer above. */
        void given() {
            final float[][] out = index == 0 ? encoder.outputs()
                : network.forward(kernels, seen, Kernels.lanesFor(records));
            final int width = chain.width(index);
            for (int d = 0; d < width; d++) {
                final int row = first() + d * records;
                System.arraycopy(out[d], 0, mean, row, records);
                for (int j = 0; j < records; j++) {
                    sigma[row + j] = MarkovLatents.sigma(out[width + d][j]);
                }
            }
        }

        /** Its values, if the layer below needs them. */
        void set(int[] z, int off) {
            if (index < layers.length - 1) {
                chain.set(index, z, off);
            }
        }
    }
}
