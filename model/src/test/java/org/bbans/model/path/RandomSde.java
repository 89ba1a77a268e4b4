package org.bbans.model.path;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.bbans.model.file.ModelFile;
import org.bbans.model.file.Safetensors;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.SdeSpec;

/** Models in continuous time with random weights. */
public final class RandomSde {

    private RandomSde() {}

    /** A small architecture. */
    public static SdeSpec spec(List<Integer> shape, int latents, List<Integer> hidden, Activation activation) {
        return new SdeSpec("random", shape, latents, hidden, hidden, hidden, 3, activation);
    }

    /** A model. */
    public static ModelFile file(SdeSpec spec, long seed) {
        final Random random = new Random(seed);
        final Map<String, float[]> weights = new LinkedHashMap<>();
        for (Map.Entry<String, List<Integer>> t : spec.tensors().entrySet()) {
            final float[] values = new float[t.getValue().stream().reduce(1, (a, b) -> a * b)];
            final boolean weight = t.getKey().endsWith("weight");
            // Plain records are expensive, so that the others have latents.
            final float scale = weight ? (float) (1 / Math.sqrt(t.getValue().get(0)))
                    : t.getKey().equals("plain") ? 6 : 0.3f;
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian() * scale;
            }
            weights.put(t.getKey(), values);
        }
        return ModelFile.of(spec, weights, Optional.empty(), Safetensors.DType.F32);
    }

    /** Records, smooth but for a little noise. */
    public static byte[] records(SdeSpec spec, int records, long seed) {
        final Random random = new Random(seed);
        final byte[] samples = new byte[records * spec.dims()];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (byte) Math.max(0, Math.min(255, 90 + 60 * Math.sin(i * 0.1) + 10 * random.nextGaussian()));
        }
        return samples;
    }
}
