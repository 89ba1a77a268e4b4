package org.bbans.model.chain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.format.FormatException;
import org.bbans.model.file.ModelFile;
import org.bbans.model.file.Safetensors;
import org.bbans.model.latent.Vae;
import org.bbans.model.spec.BernoulliLikelihood;
import org.bbans.model.spec.Blocks;
import org.bbans.model.spec.CategoricalLikelihood;
import org.bbans.model.spec.HurdleLikelihood;
import org.bbans.model.spec.Likelihood;
import org.bbans.model.spec.MixtureLikelihood;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.spec.ModelSpec.Decoder;
import org.bbans.model.spec.ModelSpec.Encoder;
import org.bbans.model.spec.PredictorSpec;
import org.bbans.model.spec.Transition;
import org.bbans.model.spec.Transition.Backward;
import org.bbans.model.spec.Window;
import org.bbans.model.spec.Window.View;

/** Small models with random weights, and records for them. */
public final class RandomModels {

    private RandomModels() {}

    public static ModelSpec spec(List<Integer> shape, int latents, int features, Likelihood likelihood) {
        return new ModelSpec("random", shape, likelihood instanceof BernoulliLikelihood ? 2 : 256, latents,
                latents > 0 ? Optional.of(new Encoder(List.of(24))) : Optional.empty(),
                latents > 0 ? Optional.of(new Decoder(List.of(20), features)) : Optional.empty(), likelihood);
    }

    public static PredictorSpec head(Window window, Blocks blocks, Integer... hidden) {
        return new PredictorSpec(Optional.ofNullable(window), Optional.ofNullable(blocks), List.of(hidden));
    }

    public static Window plain(int radius, int rows) {
        return new Window(radius, rows, View.PLAIN);
    }

    public static Window marked(int radius, int rows) {
        return new Window(radius, rows, View.MARKED);
    }

    public static Window relative(int radius, int rows) {
        return new Window(radius, rows, View.RELATIVE);
    }

    /** Several layers of latents, that of z_1 first. */
    public static ModelSpec chain(List<Integer> shape, List<Integer> layers, int features, Likelihood likelihood) {
        final List<Transition> transitions = new ArrayList<>();
        for (int i = 1; i < layers.size(); i++) {
            // Networks with a hidden layer and without.
            transitions.add(new Transition(i % 2 == 0 ? List.of() : List.of(11),
                    i % 2 == 0 ? Backward.RELATIVE : Backward.PRODUCT, i % 2 == 0 ? List.of(13) : List.of()));
        }
        return new ModelSpec("random", shape, likelihood instanceof BernoulliLikelihood ? 2 : 256, layers,
                Optional.of(new Encoder(List.of(24))), transitions, Optional.of(new Decoder(List.of(20), features)),
                likelihood);
    }

    public static CategoricalLikelihood categorical(Window window, int rank, Integer... hidden) {
        return new CategoricalLikelihood(head(window, null, hidden), rank);
    }

    public static HurdleLikelihood hurdle(Window window, int rank, List<Integer> mark, Integer... hidden) {
        return new HurdleLikelihood(head(window, null, hidden), mark, rank);
    }

    public static BernoulliLikelihood bernoulli(Window window, Integer... hidden) {
        return new BernoulliLikelihood(head(window, null, hidden));
    }

    public static MixtureLikelihood mixture(Window window, int components, Integer... hidden) {
        return new MixtureLikelihood(head(window, null, hidden), components);
    }

    /** A codec of blocks. */
    static RecordChain codec(ModelFile file) throws FormatException {
        return new RecordChain(new Vae(file), file.spec().name(), file.sha256(), false);
    }

    /** A workspace for groups of records. */
    static LatentGroup groups(ModelFile file, Engine engine, int records, boolean fronts) throws FormatException {
        return new Vae(file).groups(engine, records, fronts);
    }

    public static ModelFile file(ModelSpec spec, long seed) {
        return file(spec, seed, 1f);
    }

    public static ModelFile file(ModelSpec spec, long seed, float gain) {
        final Random random = new Random(seed);
        final Map<String, float[]> weights = new LinkedHashMap<>();
        for (Map.Entry<String, List<Integer>> t : spec.tensors().entrySet()) {
            final int size = t.getValue().stream().reduce(1, (a, b) -> a * b);
            final float[] values = new float[size];
            final boolean bias = t.getKey().endsWith("bias") || t.getKey().endsWith("position");
            final float scale = gain * (bias ? 0.3f : (float) (1.2 / Math.sqrt(t.getValue().get(0))));
            for (int i = 0; i < size; i++) {
                values[i] = (float) random.nextGaussian() * scale;
            }
            weights.put(t.getKey(), values);
        }
        if (spec.latents() > 0) {
            // Together the posteriors should look like the prior, as training makes them.
            for (String layer : weights.keySet().toArray(String[]::new)) {
                if (layer.matches("(encoder|posterior\\.\\d|evidence\\.\\d)\\.out\\.(weight|bias)")) {
                    final float[] values = weights.get(layer);
                    for (int i = 0; i < values.length; i++) {
                        values[i] *= layer.endsWith("weight") ? 0.15f : 0.1f;
                    }
                }
            }
            // Latents that matter little: one sample of them then tells what they cost on average.
            final float[] first = weights.get("decoder.0.weight");
            for (int i = 0; i < first.length; i++) {
                first[i] *= 0.1f;
            }
        }
        return ModelFile.of(spec, weights, Optional.empty(), Safetensors.DType.F32);
    }

    /** Records with a blank border and otherwise noise: neither blank nor full rows are rare. */
    public static byte[] records(ModelSpec spec, int records, long seed) {
        final Random random = new Random(seed);
        final int dims = spec.dims();
        final byte[] samples = new byte[records * dims];
        for (int r = 0; r < records; r++) {
            for (int i = dims / 5; i < dims; i++) {
                samples[r * dims + i] = random.nextInt(4) > 0 ? 0 : (byte) random.nextInt(spec.levels());
            }
        }
        return samples;
    }

    /** Records drawn from the model itself: what its codec leaves on a stack is then as good as random. */
    public static byte[] sampled(ModelFile file, int records, long seed) throws FormatException {
        final Random random = new Random(seed);
        final int dims = file.spec().dims();
        final Vae vae = new Vae(file);
        final LatentGroup groups = vae.groups(Engine.SCALAR, 1, false);
        groups.group(1);
        final byte[] samples = new byte[records * dims];
        for (int r = 0; r < records; r++) {
            final byte[] bits = new byte[8 + 12 * dims];
            random.nextBytes(bits);
            bits[7] = 1;
            final int[] x = new int[dims];
            // Popping a record that nobody pushed is drawing one: latents from the prior, samples from the likelihood.
            groups.at(vae.layers().length).pop(AnsStack.fromBytes(bits, 0, bits.length & -4, 1), x, 0);
            for (int i = 0; i < dims; i++) {
                samples[r * dims + i] = (byte) x[i];
            }
        }
        return samples;
    }
}
