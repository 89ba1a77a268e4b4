package org.bbans.model.path;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.bbans.model.file.ModelFile;
import org.bbans.model.file.Safetensors;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.FlowSpec;

/** Flows with random weights, whose levels are as wide as levels of clothes are frequent. */
public final class RandomFlow {

    private RandomFlow() {}

    /** A small architecture of four couplings, of which one changes cells of one kind alone. */
    public static FlowSpec spec(int height, int width, int channels, int blocks, Activation activation) {
        return new FlowSpec("random", List.of(height, width), List.of(2570, 62965, 0, 23130),
                List.of(2570, 62965, 1, 42405), channels, blocks, activation);
    }

    /** A model. */
    public static ModelFile file(FlowSpec spec, long seed) {
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
        int edge = -4000;
        for (int v = 0; v <= FlowSpec.LEVELS; v++) {
            weights.get("edges")[v] = edge;
            edge += v == 0 ? 2500 : v == 100 ? 1 : 20 + random.nextInt(20);
        }
        return ModelFile.of(spec, weights, Optional.empty(), Safetensors.DType.F32);
    }

    /** Records, smooth but for a little noise, dark at one side. */
    public static byte[] records(FlowSpec spec, int records, long seed) {
        final Random random = new Random(seed);
        final byte[] samples = new byte[records * spec.dims()];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (byte) Math.max(0, Math.min(255, 60 + 90 * Math.sin(i * 0.1) + 10 * random.nextGaussian()));
        }
        return samples;
    }
}
