package org.bbans.model.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bbans.model.ModelSpec;

/** Small models of every kind, and small data with something to learn. */
final class TrainingSpecs {

    static final int HEIGHT = 6;
    static final int WIDTH = 7;

    private TrainingSpecs() {
    }

    static List<ModelSpec> all() {
        final ModelSpec.Window marked = new ModelSpec.Window(2, 1, ModelSpec.View.MARKED);
        final ModelSpec.Window plain = new ModelSpec.Window(1, 2, ModelSpec.View.PLAIN);
        return List.of(
            spec("categorical", 3, 2, new ModelSpec.Categorical(head(marked, 9, 20), 3)),
            spec("categorical-factorised", 3, 4, new ModelSpec.Categorical(head(null), 4)),
            spec("categorical-no-latents", 0, 0, new ModelSpec.Categorical(head(plain, 33), 5)),
            spec("bernoulli", 2, 1, new ModelSpec.Bernoulli(head(plain, 17, 5))),
            spec("bernoulli-factorised", 2, 1, new ModelSpec.Bernoulli(head(null))),
            spec("bernoulli-no-latents", 0, 0, new ModelSpec.Bernoulli(head(plain, 8))),
            spec("mixture", 2, 3, new ModelSpec.LogisticMixture(head(marked, 12, 10), 3)));
    }

    private static ModelSpec.Head head(ModelSpec.Window window, Integer... hidden) {
        return new ModelSpec.Head(Optional.ofNullable(window), Optional.empty(), List.of(hidden));
    }

    static ModelSpec spec(String name, int latents, int features, ModelSpec.Likelihood likelihood) {
        return new ModelSpec(name, List.of(HEIGHT, WIDTH), likelihood instanceof ModelSpec.Bernoulli ? 2 : 256, latents,
            latents == 0 ? Optional.empty() : Optional.of(new ModelSpec.Encoder(List.of(10))),
            latents == 0 ? Optional.empty() : Optional.of(new ModelSpec.Decoder(List.of(6), features)), likelihood);
    }

    /** Blank records with a bright bar each, a little noisy. */
    static byte[] records(int n, int levels, SplittableRandom random) {
        final byte[] samples = new byte[n * HEIGHT * WIDTH];
        for (int i = 0; i < n; i++) {
            final int column = random.nextInt(WIDTH - 1);
            for (int y = 1; y < HEIGHT; y++) {
                for (int x = column; x < column + 2; x++) {
                    samples[(i * HEIGHT + y) * WIDTH + x] = (byte) (levels == 2 ? 1 : 255 - random.nextInt(20));
                }
            }
        }
        return samples;
    }

    static Path idx(Path folder, byte[] samples) throws IOException {
        final int n = samples.length / HEIGHT / WIDTH;
        final ByteBuffer out = ByteBuffer.allocate(16 + samples.length);
        out.putInt(0x0803).putInt(n).putInt(HEIGHT).putInt(WIDTH).put(samples);
        return Files.write(folder.resolve("records.idx"), out.array());
    }
}
