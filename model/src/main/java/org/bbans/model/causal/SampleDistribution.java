package org.bbans.model.causal;

import org.bbans.codec.distribution.Bernoulli;
import org.bbans.codec.distribution.Categorical;
import org.bbans.codec.distribution.Distribution;
import org.bbans.codec.distribution.LogisticMixture;
import org.bbans.codec.math.ExactArrays;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.Table;
import org.bbans.model.spec.MixtureLikelihood;

/** What the predictor's outputs mean: the distribution of a sample of each row. */
abstract sealed class SampleDistribution {

    /** The distribution of a model's likelihood; of a hurdle's, that of the levels. */
    static SampleDistribution of(Workspace w) {
        return w.spec().likelihood().match(c -> new Softmax(w), h -> new Softmax(w),
                m -> new Mixture(w, m.components()), b -> new Coin(w));
    }

    /** Forgets the samples of the records before. */
    void begin() {}

    /** The distributions whose parameters {@link #set} sets. */
    abstract Distribution distribution();

    /**
     * Sets the parameters of the first {@code rows} rows.
     *
     * @param out the predictor's outputs, {@code [output][row]}
     * @param channel of the samples
     * @param reference the levels that means are relative to; null if they are absolute
     * @param owner the record that each row belongs to
     */
    abstract void set(float[][] out, int channel, float[] reference, int[] owner, int rows);

    /** Takes levels that turned out: {@code x[j]} of the record {@code owner[j]}, j from 0 to n - 1. */
    void known(int channel, int[] x, int[] owner, int n) {}

    private static final class Coin extends SampleDistribution {

        private final Bernoulli coin;

        Coin(Workspace w) {
            coin = Bernoulli.of(w.engine());
        }

        @Override
        Distribution distribution() {
            return coin;
        }

        @Override
        void set(float[][] out, int channel, float[] reference, int[] owner, int rows) {
            coin.set(out[0], 0);
        }
    }

    private static final class Softmax extends SampleDistribution {

        private final Kernels kernels;
        private final Table table;
        private final Palette palette;
        private final float[] logits;
        private final Categorical categorical;

        Softmax(Workspace w) {
            kernels = w.kernels();
            table = w.network().table.orElseThrow();
            palette = new Palette(w);
            logits = new float[table.levels() * w.lanes()];
            categorical = Categorical.of(table.levels(), w.engine());
            categorical.set(logits, 0);
        }

        @Override
        Distribution distribution() {
            return categorical;
        }

        @Override
        void set(float[][] out, int channel, float[] reference, int[] owner, int rows) {
            kernels.logits(table, out, 0, rows, logits);
            palette.raise(channel, out, table.rank(), owner, rows, logits);
        }

        @Override
        void begin() {
            palette.begin();
        }

        @Override
        void known(int channel, int[] x, int[] owner, int n) {
            palette.add(channel, x, owner, n);
        }
    }

    private static final class Mixture extends SampleDistribution {

        private final ExactArrays exact;
        private final int components;
        /** Logits, which are the network's own rows, then means, then scales. */
        private final float[][] parameters;
        private final LogisticMixture mixture;

        Mixture(Workspace w, int components) {
            exact = ExactArrays.of(w.engine());
            this.components = components;
            parameters = new float[3 * components][w.lanes()];
            mixture = LogisticMixture.of(components, w.spec().levels(), w.engine());
            mixture.set(parameters);
        }

        @Override
        Distribution distribution() {
            return mixture;
        }

        @Override
        void set(float[][] out, int channel, float[] reference, int[] owner, int rows) {
            final float half = MixtureLikelihood.HALF_RANGE;
            System.arraycopy(out, 0, parameters, 0, components);
            for (int k = components; k < 2 * components; k++) {
                final float[] output = out[k];
                final float[] mean = parameters[k];
                for (int j = 0; j < rows; j++) {
                    mean[j] = reference == null ? half * (output[j] + 1f)
                            : reference[j] + MixtureLikelihood.RELATIVE_UNIT * output[j];
                }
            }
            for (int k = 2 * components; k < 3 * components; k++) {
                final float[] output = out[k];
                final float[] scale = parameters[k];
                for (int j = 0; j < rows; j++) {
                    final float s = output[j] + MixtureLikelihood.LOG_SCALE_SHIFT;
                    scale[j] = Math.min(Math.max(s, MixtureLikelihood.LOG_SCALE_LOW),
                            MixtureLikelihood.LOG_SCALE_HIGH);
                }
                exact.exp(scale, rows);
                for (int j = 0; j < rows; j++) {
                    scale[j] *= half;
                }
            }
        }
    }
}
