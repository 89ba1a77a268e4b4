package org.bbans.model.train;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.BernoulliLikelihood;
import org.bbans.model.spec.Blocks;
import org.bbans.model.spec.CategoricalLikelihood;
import org.bbans.model.spec.HurdleLikelihood;
import org.bbans.model.spec.Likelihood;
import org.bbans.model.spec.MixtureLikelihood;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.spec.PredictorSpec;
import org.bbans.model.spec.Window;

/** Small models of every kind, and small data with something to learn. */
final class TrainingSpecs {

    static final int HEIGHT = 6;
    static final int WIDTH = 7;

    private TrainingSpecs() {}

    static List<ModelSpec> all() {
        final Window marked = new Window(2, 1, Window.View.MARKED);
        final Window plain = new Window(1, 2, Window.View.PLAIN);
        final Window relative = new Window(2, 2, Window.View.RELATIVE);
        final Blocks near = new Blocks(2, 1, 1);
        final Blocks wide = new Blocks(1, 2, 2);
        final Blocks above = new Blocks(1, 0, 1);
        return List.of(
                spec("categorical", 3, 2, new CategoricalLikelihood(head(marked, 9, 20), 3)),
                spec("categorical-factorised", 3, 4, new CategoricalLikelihood(head(null), 4)),
                spec("categorical-no-latents", 0, 0, new CategoricalLikelihood(head(plain, 33), 5)),
                spec("hurdle", 3, 2, new HurdleLikelihood(head(marked, 9, 20), List.of(7, 5), 3)),
                spec("hurdle-no-latents", 0, 0, new HurdleLikelihood(head(plain, 12), List.of(6), 4)),
                spec("bernoulli", 2, 1, new BernoulliLikelihood(head(plain, 17, 5))),
                spec("bernoulli-factorised", 2, 1, new BernoulliLikelihood(head(null))),
                spec("bernoulli-no-latents", 0, 0, new BernoulliLikelihood(head(plain, 8))),
                spec("mixture", 2, 3, new MixtureLikelihood(head(marked, 12, 10), 3)),
                spec("mixture-blocks", 0, 0, new MixtureLikelihood(head(relative, near, 16), 5)),
                spec("categorical-blocks", 2, 3, new CategoricalLikelihood(head(marked, wide, 20, 9), 3)),
                spec("rgb", 0, 0, 3, new MixtureLikelihood(head(relative, near, 14, 16), 3)),
                spec("rgb-latents", 2, 3, 3, new MixtureLikelihood(head(relative, 10), 2)),
                spec("two-channels", 0, 0, 2, new BernoulliLikelihood(head(plain, above, 12, 10))),
                spec("categorical-palette", 2, 2, new CategoricalLikelihood(head(marked, near, 20, 9), 3, 4)),
                spec("palette-factorised", 2, 5, new CategoricalLikelihood(head(null), 3, 2)),
                spec("rgb-palette", 0, 0, 3, new CategoricalLikelihood(head(plain, 12, 9), 5, 3)),
                spec("hurdle-palette", 3, 2, new HurdleLikelihood(head(marked, 9, 20), List.of(7), 16, 2)),
                spec("hurdle-trunk", 0, 0, new HurdleLikelihood(head(plain, 12, 9), List.of(), 4))
                        .withActivation(Activation.SQLU),
                spec("hurdle-blocks", 3, 2, new HurdleLikelihood(head(marked, near, 20, 9), List.of(), 3, 4))
                        .withActivation(Activation.SQLU));
    }

    private static PredictorSpec head(Window window, Integer... hidden) {
        return head(window, null, hidden);
    }

    private static PredictorSpec head(Window window, Blocks blocks, Integer... hidden) {
        return new PredictorSpec(Optional.ofNullable(window), Optional.ofNullable(blocks), List.of(hidden));
    }

    static ModelSpec spec(String name, int latents, int features, Likelihood likelihood) {
        return spec(name, latents, features, 1, likelihood);
    }

    private static ModelSpec spec(String name, int latents, int features, int channels,
            Likelihood likelihood) {
        return new ModelSpec(name, channels == 1 ? List.of(HEIGHT, WIDTH) : List.of(HEIGHT, WIDTH, channels),
                likelihood instanceof BernoulliLikelihood ? 2 : 256, latents,
                latents == 0 ? Optional.empty() : Optional.of(new ModelSpec.Encoder(List.of(10))),
                latents == 0 ? Optional.empty() : Optional.of(new ModelSpec.Decoder(List.of(6), features)), likelihood);
    }

    /** Blank records with a bright bar each, a little noisy, of the same colour everywhere. */
    static byte[] records(int n, ModelSpec spec, SplittableRandom random) {
        final int channels = spec.channels();
        final byte[] samples = new byte[n * spec.dims()];
        for (int i = 0; i < n; i++) {
            final int column = random.nextInt(WIDTH - 1);
            for (int y = 1; y < HEIGHT; y++) {
                for (int x = column; x < column + 2; x++) {
                    final int noise = random.nextInt(20);
                    for (int c = 0; c < channels; c++) {
                        samples[((i * HEIGHT + y) * WIDTH + x) * channels + c] =
                                (byte) (spec.levels() == 2 ? 1 : 255 - noise - 40 * c);
                    }
                }
            }
        }
        return samples;
    }

    /** Samples as records of a model's shape and levels. */
    static TrainingRecords inMemory(ModelSpec spec, byte[] samples) {
        return new TrainingRecords(spec.shape(), spec.levels(), samples, "records", "5a");
    }
}
