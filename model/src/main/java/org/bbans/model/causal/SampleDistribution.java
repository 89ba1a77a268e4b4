package org.bbans.model.causal;

import java.util.Optional;
import org.bbans.codec.distribution.Bernoulli;
import org.bbans.codec.distribution.Categorical;
import org.bbans.codec.distribution.Distribution;
import org.bbans.codec.distribution.LogisticMixture;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.math.Exact;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.Network;
import org.bbans.model.net.Table;
import org.bbans.model.spec.ModelSpec;

/** What the head's outputs mean: the distribution of a sample of each lane. A workspace. */
abstract sealed class SampleDistribution {

    /** The distribution of the likelihood that a network has. */
    static SampleDistribution of(Network network, Engine engine, int capacity) {
        if (network.spec.likelihood() instanceof ModelSpec.LogisticMixture m) {
            return new Mixture(m.components(), network.spec.levels(), engine, capacity);
        }
        return network.table.isPresent() ? new Softmax(network, engine, capacity) : new Coin(engine);
    }

    /** Forgets the samples of the records before. */
    void begin() {
    }

    /** The number of records from now on: row r belongs to record r modulo it. */
    void group(int records) {
    }

    /** Row {@code r} belongs to lane {@code r}. */
    abstract Distribution distribution();

    /**
     * Sets the parameters of the first {@code rows} rows.
     *
     * @param out the head's outputs, those of this sample from row {@code outOff}
     * @param channel of the sample
     * @param reference the levels that means are relative to; null if they are absolute
     */
    abstract void set(float[][] out, int outOff, int channel, float[] reference, int rows);

    /** Takes the levels {@code x[0 .. rows)} that these samples turned out to have. */
    void coded(int channel, int[] x, int rows) {
    }

    private static final class Coin extends SampleDistribution {

        private final Bernoulli coin;

        Coin(Engine engine) {
            coin = new Bernoulli(engine);
        }

        @Override
        Distribution distribution() {
            return coin;
        }

        @Override
        void set(float[][] out, int outOff, int channel, float[] reference, int rows) {
            coin.set(out[outOff], 0);
        }
    }

    private static final class Softmax extends SampleDistribution {

        private final Kernels kernels;
        private final Table table;
        private final Optional<Palette> palette;
        private final float[] logits;
        private final Categorical categorical;

        Softmax(Network network, Engine engine, int capacity) {
            this.kernels = Kernels.of(engine);
            this.table = network.table.orElseThrow();
            palette = Palette.of(network.spec, kernels, capacity);
            logits = new float[table.levels() * capacity];
            categorical = new Categorical(table.levels(), engine);
            categorical.set(logits, 0);
        }

        @Override
        Distribution distribution() {
            return categorical;
        }

        @Override
        void set(float[][] out, int outOff, int channel, float[] reference, int rows) {
            kernels.logits(table, out, outOff, rows, logits);
            palette.ifPresent(p -> p.raise(channel, out, outOff + table.rank(), rows, logits));
        }

        @Override
        void group(int records) {
            palette.ifPresent(p -> p.group(records));
        }

        @Override
        void begin() {
            palette.ifPresent(Palette::begin);
        }

        @Override
        void coded(int channel, int[] x, int rows) {
            palette.ifPresent(p -> p.add(channel, x, 0, rows));
        }
    }

    private static final class Mixture extends SampleDistribution {

        private final Engine engine;
        private final int components;
        /** Logits, which are the network's own rows, then means, then scales. */
        private final float[][] parameters;
        private final LogisticMixture mixture;

        Mixture(int components, int levels, Engine engine, int capacity) {
            this.engine = engine;
            this.components = components;
            parameters = new float[3 * components][capacity];
            mixture = new LogisticMixture(components, levels, engine);
            mixture.set(parameters);
        }

        @Override
        Distribution distribution() {
            return mixture;
        }

        @Override
        void set(float[][] out, int outOff, int channel, float[] reference, int rows) {
            final float half = ModelSpec.LogisticMixture.HALF_RANGE;
            System.arraycopy(out, outOff, parameters, 0, components);
            for (int k = components; k < 2 * components; k++) {
                final float[] output = out[outOff + k];
                final float[] mean = parameters[k];
                for (int j = 0; j < rows; j++) {
                    mean[j] = reference == null ? half * (output[j] + 1f)
                        : reference[j] + ModelSpec.LogisticMixture.RELATIVE_UNIT * output[j];
                }
            }
            for (int k = 2 * components; k < 3 * components; k++) {
                final float[] output = out[outOff + k];
                final float[] scale = parameters[k];
                for (int j = 0; j < rows; j++) {
                    final float s = output[j] + ModelSpec.LogisticMixture.LOG_SCALE_SHIFT;
                    scale[j] = Math.min(Math.max(s, ModelSpec.LogisticMixture.LOG_SCALE_LOW),
                        ModelSpec.LogisticMixture.LOG_SCALE_HIGH);
                }
                Exact.exp(scale, rows, engine);
                for (int j = 0; j < rows; j++) {
                    scale[j] *= half;
                }
            }
        }
    }
}
