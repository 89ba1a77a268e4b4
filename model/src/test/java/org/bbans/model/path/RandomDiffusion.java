package org.bbans.model.path;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.bbans.model.file.ModelFile;
import org.bbans.model.file.Safetensors;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.DiffusionSpec;

/** Diffusion models with random weights and a schedule of noise that grows. */
public final class RandomDiffusion {

    private RandomDiffusion() {}

    /** A small architecture. */
    public static DiffusionSpec spec(int height, int width, int steps, int channels, Activation activation) {
        return new DiffusionSpec("random", List.of(height, width), steps, channels, 2, 3, activation);
    }

    /** A model. */
    public static ModelFile file(DiffusionSpec spec, long seed) {
        final Random random = new Random(seed);
        final Map<String, float[]> weights = new LinkedHashMap<>();
        for (Map.Entry<String, List<Integer>> t : spec.tensors().entrySet()) {
            final float[] values = new float[t.getValue().stream().reduce(1, (a, b) -> a * b)];
            final boolean bias = t.getKey().endsWith("bias") || t.getKey().endsWith("position");
            final float scale =
                    bias || t.getKey().equals("plain") ? 0.3f : (float) (1 / Math.sqrt(t.getValue().get(0)));
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian() * scale;
            }
            weights.put(t.getKey(), values);
        }
        final float[] schedule = weights.get("schedule");
        for (int t = 0; t < spec.steps(); t++) {
            final double noise = Math.pow(0.1, 1 - (t + 1.0) / spec.steps()) * 0.9;
            final double fade = Math.sqrt(1 - noise * noise);
            final float[] row = {(float) fade, (float) noise, (float) fade, (float) noise * 0.3f, (float) noise * 0.8f};
            System.arraycopy(row, 0, schedule, t * row.length, row.length);
        }
        for (int v = 0; v < DiffusionSpec.LEVELS; v++) {
            weights.get("values")[v] = (v - 60) / 80f;
        }
        return ModelFile.of(spec, weights, Optional.empty(), Safetensors.DType.F32);
    }

    /** Records, smooth but for a little noise. */
    public static byte[] records(DiffusionSpec spec, int records, long seed) {
        final Random random = new Random(seed);
        final byte[] samples = new byte[records * spec.dims()];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (byte) Math.max(0, Math.min(255, 90 + 60 * Math.sin(i * 0.1) + 10 * random.nextGaussian()));
        }
        return samples;
    }
}
