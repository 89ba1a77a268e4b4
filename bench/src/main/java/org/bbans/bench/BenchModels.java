package org.bbans.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.RecordCodec;
import org.bbans.model.BuiltInModels;
import org.bbans.model.Model;
import org.bbans.model.file.ModelFile;
import org.bbans.model.file.Safetensors;
import org.bbans.model.spec.CategoricalLikelihood;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.spec.PredictorSpec;
import org.bbans.model.spec.Window;

/** Record codecs by name. */
final class BenchModels {

    /** The name of a model of ordinary size for 28 x 28 bytes with random weights: as fast as a trained one. */
    static final String RANDOM = "random";
    /** The model that {@code bbans compress} takes for grey digits by itself. */
    static final String DEFAULT = "mnist-fast";
    private static final String DIGITS = "mnist";
    private static final int LEVELS = 256;

    private BenchModels() {}

    /** The built-in models for grey digits, {@link #RANDOM} where there are none. */
    static List<String> digits() {
        final List<String> names = new BuiltInModels().candidates(List.of(Images.HEIGHT, Images.WIDTH), LEVELS).stream()
                .map(m -> m.description().name()).filter(n -> n.startsWith(DIGITS)).toList();
        return names.isEmpty() ? List.of(RANDOM) : names;
    }

    /**
     * A codec for 28 x 28 bytes.
     *
     * @param name {@link #RANDOM} or the name of a built-in model
     */
    static RecordCodec codec(String name) {
        return name.equals(RANDOM) ? random().codec() : new BuiltInModels().byName(name)
                .orElseThrow(() -> new IllegalArgumentException("no built-in model " + name)).codec();
    }

    private static Model random() {
        final Window window = new Window(5, 5, Window.View.MARKED);
        final ModelSpec spec = new ModelSpec(RANDOM, List.of(Images.HEIGHT, Images.WIDTH), LEVELS, 32,
                Optional.of(new ModelSpec.Encoder(List.of(256))), Optional.of(new ModelSpec.Decoder(List.of(128), 4)),
                new CategoricalLikelihood(
                        new PredictorSpec(Optional.of(window), Optional.empty(), List.of(96, 64, 64)),
                        16));
        final Random random = new Random(1);
        final Map<String, float[]> weights = new LinkedHashMap<>();
        spec.tensors().forEach((name, shape) -> {
            final boolean bias = shape.size() == 1;
            final float[] w = new float[bias ? shape.get(0) : shape.get(0) * shape.get(1)];
            // Posteriors near the prior, so that latents fit their buckets.
            final double gain = name.startsWith("encoder.out") ? 0.2 : 1;
            final double deviation = gain * (bias ? 0.1 : 1 / Math.sqrt(shape.get(0)));
            for (int i = 0; i < w.length; i++) {
                w[i] = (float) (deviation * random.nextGaussian());
            }
            weights.put(name, w);
        });
        final ModelFile file = ModelFile.of(spec, weights, Optional.empty(), Safetensors.DType.F32);
        try {
            return Model.of(file);
        } catch (CorruptArchiveException e) {
            throw new IllegalStateException("weights that small cannot overflow", e);
        }
    }
}
