package org.bbans.model.causal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bbans.model.chain.RandomModels.head;
import static org.bbans.model.chain.RandomModels.marked;
import static org.bbans.model.chain.RandomModels.plain;
import static org.bbans.model.chain.RandomModels.relative;
import static org.bbans.model.chain.RandomModels.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.math.Exact;
import org.bbans.model.chain.RandomModels;
import org.bbans.model.file.ModelFile;
import org.bbans.model.file.Safetensors.DType;
import org.bbans.model.net.Network;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.BernoulliLikelihood;
import org.bbans.model.spec.Blocks;
import org.bbans.model.spec.CategoricalLikelihood;
import org.bbans.model.spec.HurdleLikelihood;
import org.bbans.model.spec.MixtureLikelihood;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.spec.Window;
import org.bbans.model.spec.Window.View;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The predictor against the formulas of the format document, evaluated for each sample from nothing. */
class LivePredictorTest {

    private static final ModelSpec HURDLE =
            spec(List.of(6, 5), 0, 0,
                    new HurdleLikelihood(head(marked(2, 1), new Blocks(2, 1, 1), 10, 7), List.of(), 3, 2))
                    .withActivation(Activation.SQLU);

    static Stream<ModelSpec> specs() {
        return Stream.of(
                spec(List.of(5, 6, 3), 0, 0,
                        new MixtureLikelihood(head(relative(2, 2), new Blocks(3, 1, 1), 10, 7), 2)),
                spec(List.of(6, 5), 0, 0, new MixtureLikelihood(head(relative(1, 0), new Blocks(2, 2, 2), 9), 2)),
                spec(List.of(4, 5, 2), 0, 0, new CategoricalLikelihood(head(plain(1, 2), null, 8, 7, 6), 3)),
                spec(List.of(5, 5), 0, 0, new CategoricalLikelihood(head(marked(2, 1), new Blocks(2, 0, 1), 8, 7), 3)),
                spec(List.of(6, 5), 0, 0, new CategoricalLikelihood(head(marked(1, 1), new Blocks(1, 1, 1), 9, 7), 3))
                        .withActivation(Activation.SQLU),
                spec(List.of(4, 4, 4), 0, 0, new BernoulliLikelihood(head(plain(0, 1), new Blocks(1, 2, 0), 6))));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void outputsAreThoseOfTheFormula(ModelSpec spec) throws Exception {
        final ModelFile file = RandomModels.file(spec, 1);
        final byte[] record = RandomModels.records(spec, 1, 1);
        final Formula formula = new Formula(file, record);
        final Workspace workspace = Workspace.of(new Network(file), Engines.preferred(), 1, false);
        final KnownSamples known = KnownSamples.of(workspace);
        final LivePredictor predictor = new LivePredictor(workspace, known);
        final Piece piece = new Piece(workspace);
        piece.group(1);
        for (int i = 0; i < spec.dims(); i++) {
            final int pixel = i / spec.channels();
            final int channel = i % spec.channels();
            piece.set(pixel);
            final float[][] out = predictor.outputs(piece, channel);
            final float[] first = new float[out.length];
            for (int o = 0; o < first.length; o++) {
                first[o] = out[o][0];
            }
            assertThat(first).as("sample %d", i).isEqualTo(formula.outputs(pixel, channel));
            if (predictor.reference(piece, channel) != null) {
                assertThat(predictor.reference(piece, channel)[0]).isEqualTo(formula.reference(pixel, channel));
            }
            known.set(piece, channel, new int[] {record[i] & 0xFF});
        }
    }

    /** Marks and levels of every pixel, though a decoder asks for the levels of some alone. */
    @Test
    void aHurdleGoesOnFromOneTrunk() throws Exception {
        final ModelSpec spec = HURDLE;
        final ModelFile file = RandomModels.file(spec, 1);
        final byte[] record = RandomModels.records(spec, 1, 1);
        final Formula formula = new Formula(file, record);
        final Workspace workspace = Workspace.of(new Network(file), Engines.preferred(), 1, false);
        final KnownSamples known = KnownSamples.of(workspace);
        final LivePredictor predictor = new LivePredictor(workspace, known);
        final Piece piece = new Piece(workspace);
        piece.group(1);
        for (int pixel = 0; pixel < spec.pixels(); pixel++) {
            piece.set(pixel);
            assertThat(predictor.marks(piece)[0]).as("mark %d", pixel).isEqualTo(formula.mark(pixel));
            final float[][] out = predictor.levels(piece, new int[] {0}, 1);
            final float[] levels = formula.outputs(pixel, 0);
            for (int o = 0; o < levels.length; o++) {
                assertThat(out[o][0]).as("output %d of level %d", o, pixel).isEqualTo(levels[o]);
            }
            known.set(piece, 0, new int[] {record[pixel] & 0xFF});
        }
    }

    /** A convolution passes on what it was given, so its bound counts in all later layers. */
    @Test
    void weightsThatMayOverflowAreRefused() throws Exception {
        refusesFrom(specs().toList().get(0), "head.channel2.1");
        refusesFrom(HURDLE, "mark.out");
    }

    private static void refusesFrom(ModelSpec spec, String layer) throws Exception {
        final Map<String, float[]> weights = new LinkedHashMap<>();
        spec.tensors()
                .forEach((name, shape) -> weights.put(name, new float[shape.stream().reduce(1, (a, b) -> a * b)]));
        weights.get("head.block.0.bias")[0] = 1e20f;
        weights.get(layer + ".weight")[0] = 1e9f;
        assertThat(new Network(ModelFile.of(spec, weights, Optional.empty(), DType.F32)).predictor).isPresent();
        weights.get(layer + ".weight")[0] = 1e11f;
        assertThatThrownBy(() -> new Network(ModelFile.of(spec, weights, Optional.empty(), DType.F32)))
                .isInstanceOf(CorruptArchiveException.class).hasMessageContaining(layer);
    }

    private static final class Formula {

        private final ModelFile file;
        private final ModelSpec spec;
        private final Window window;
        private final int height;
        private final int width;
        private final byte[] record;

        Formula(ModelFile file, byte[] record) {
            this.file = file;
            this.record = record;
            spec = file.spec();
            window = spec.likelihood().window().orElseThrow();
            height = spec.shape().get(0);
            width = spec.shape().get(1);
        }

        /** The logit of a hurdle's mark on the levels' trunk. */
        float mark(int pixel) {
            final List<Float> in = new ArrayList<>();
            for (float v : trunk(pixel)) {
                in.add(v);
            }
            return dense("mark.out", in)[0];
        }

        private float[] trunk(int pixel) {
            final int blocks = spec.likelihood().blocks().map(Blocks::count).orElse(0);
            return hidden(blocks, pixel / width, pixel % width);
        }

        float[] outputs(int pixel, int channel) {
            float[] h = trunk(pixel);
            final String tail = spec.channels() == 1 ? "head." : "head.channel" + channel + ".";
            final int layers = spec.likelihood().hidden().size();
            for (int i = 1; i <= layers; i++) {
                final List<Float> in = new ArrayList<>();
                for (float v : h) {
                    in.add(v);
                }
                for (int c = 0; c < channel; c++) {
                    in.add(value(pixel, pixel, c));
                }
                h = dense(tail + (i < layers ? i : "out"), in);
                if (i < layers) {
                    activate(h);
                }
            }
            return h;
        }

        /** The sum of the levels and their number; the division is the only rounding. */
        float reference(int pixel, int channel) {
            int sum = 0;
            int count = 0;
            for (int[] d : new int[][] {{0, -1}, {-1, 0}, {-1, 1}, {-1, -1}}) {
                final int y = pixel / width + d[0];
                final int x = pixel % width + d[1];
                if (y >= 0 && x >= 0 && x < width) {
                    sum += level(y * width + x, channel);
                    count++;
                }
            }
            return count == 0 ? 127.5f : (float) sum / count;
        }

        private int level(int pixel, int channel) {
            return record[pixel * spec.channels() + channel] & 0xFF;
        }

        /** What {@code pixel} sees of another one, or of itself. */
        private float value(int pixel, int other, int channel) {
            return window.relative() ? (level(other, channel) - reference(pixel, channel)) * (1 / 32f)
                    : (float) level(other, channel) / (spec.levels() - 1);
        }

        private float[] hidden(int block, int y, int x) {
            if (block == 0) {
                return first(y * width + x);
            }
            final Blocks blocks = spec.likelihood().blocks().orElseThrow();
            final List<Float> taps = new ArrayList<>();
            for (int dy = -blocks.rows(); dy <= 0; dy++) {
                for (int dx = -blocks.radius(); dx <= (dy < 0 ? blocks.radius() : 0); dx++) {
                    final boolean inside = y + dy >= 0 && x + dx >= 0 && x + dx < width;
                    final float[] h = inside ? hidden(block - 1, y + dy, x + dx)
                            : new float[spec.likelihood().hidden().get(0)];
                    for (float v : h) {
                        taps.add(v);
                    }
                }
            }
            final float[] out = dense("head.block." + (block - 1), taps);
            activate(out);
            final float[] before = hidden(block - 1, y, x);
            for (int o = 0; o < out.length; o++) {
                out[o] += before[o];
            }
            return out;
        }

        private float[] first(int pixel) {
            final List<Float> values = new ArrayList<>();
            final List<Float> marks = new ArrayList<>();
            for (int dy = -window.rows(); dy <= 0; dy++) {
                for (int dx = -window.radius(); dx <= (dy < 0 ? window.radius() : -1); dx++) {
                    final int y = pixel / width + dy;
                    final int x = pixel % width + dx;
                    final boolean inside = y >= 0 && y < height && x >= 0 && x < width;
                    for (int c = 0; c < spec.channels(); c++) {
                        values.add(inside ? value(pixel, y * width + x, c) : 0f);
                        marks.add(inside && level(y * width + x, c) != 0 ? 1f : 0f);
                    }
                }
            }
            if (window.view() == View.MARKED) {
                values.addAll(marks);
            }
            for (int c = 0; c < spec.channels() && window.relative(); c++) {
                values.add(reference(pixel, c) * (1 / 127.5f) - 1);
            }
            final int units = spec.likelihood().hidden().get(0);
            final float[] bias = new float[units];
            System.arraycopy(file.weights("head.position"), pixel * units, bias, 0, units);
            final float[] out = dense(file.weights("head.0.weight"), bias, values);
            activate(out);
            return out;
        }

        private float[] dense(String layer, List<Float> in) {
            return dense(file.weights(layer + ".weight"), file.weights(layer + ".bias"), in);
        }

        private static float[] dense(float[] weight, float[] bias, List<Float> in) {
            final float[] out = bias.clone();
            assertThat(weight).hasSize(in.size() * out.length);
            for (int i = 0; i < in.size(); i++) {
                for (int o = 0; o < out.length; o++) {
                    out[o] = Math.fma(weight[i * out.length + o], in.get(i), out[o]);
                }
            }
            return out;
        }

        private void activate(float[] x) {
            for (int o = 0; o < x.length; o++) {
                if (spec.activation() == Activation.ELU) {
                    x[o] = x[o] > 0 ? x[o] : Exact.exp(x[o]) - 1f;
                } else {
                    final float v = Math.max(x[o], -2f);
                    final float m = Math.min(v, 0f);
                    x[o] = Math.fma(m * 0.25f, m, v);
                }
            }
        }
    }
}
