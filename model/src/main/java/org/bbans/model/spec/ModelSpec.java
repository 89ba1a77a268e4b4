package org.bbans.model.spec;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The architecture of a model: what a model file's {@code bbans} metadata describes.
 *
 * <p>A record {@code x} has {@code dims()} samples. The encoder maps it to a diagonal Gaussian over the latents, the
 * decoder maps latents to {@code features} numbers for each sample, and the predictor turns the features of a sample
 * and the already coded samples around it into the distribution of that sample.
 *
 * <p>Latents may be a Markov chain of layers z_1, ..., z_T with the prior p(z_T) p(z_(T-1) | z_T) ... p(z_1 | z_2), of
 * which the decoder sees z_1. Their posterior is q(z_T | x) q(z_(T-1) | x, z_T) ... q(z_1 | x, z_2).
 *
 * <p>With a window, records are images: of shape {@code [height, width]}, or {@code [height, width, channels]} with 2
 * to 4 channels. The features, the window and the first hidden layer belong to a pixel then, and each channel has later
 * layers of its own, which also see the pixel's earlier channels.
 *
 * <p>Every description that can be constructed is consistent and within the limits, so that whatever is sized by it
 * stays reasonable.
 *
 * @param name 1 to 64 letters, digits, dots, hyphens and underscores
 * @param shape extents of a record, outermost first; rank 1 to 4, at most 2^20 samples
 * @param levels values that a sample can take: 2 for {@link BernoulliLikelihood}, 256 for the others
 * @param latentLayers number of latents in each layer, that of z_1 first; at most 8 layers of 1 or more latents,
 *     1024 in all; none means a model without encoder and decoder
 * @param encoder present exactly if there are latents; with hidden layers if there are several layers of latents
 * @param transitions what lies between two layers of latents, that between z_1 and z_2 first
 * @param decoder present exactly if there are latents
 * @param likelihood the distribution of a sample
 * @param activation what follows the hidden layers of all networks
 */
public record ModelSpec(String name, List<Integer> shape, int levels, List<Integer> latentLayers,
        Optional<Encoder> encoder,
        List<Transition> transitions, Optional<Decoder> decoder, Likelihood likelihood,
        Activation activation) implements Description {

    /** Version of the description that this program writes and reads. */
    public static final int VERSION = 1;

    static final int MAX_RANK = 4;
    static final int MAX_DIMS = 1 << 20;
    static final int MAX_LATENTS = 1024;
    static final int MAX_LATENT_LAYERS = 8;
    static final int MAX_WIDTH = 4096;
    static final int MAX_LAYERS = 8;
    static final int MAX_FEATURES = 64;
    static final int MAX_TABLE_RANK = 64;
    public static final int MAX_PALETTE = 16;
    static final int MAX_COMPONENTS = 32;
    static final int MAX_WINDOW = 32;
    static final int MAX_BLOCKS = 16;
    static final int MAX_BLOCK_EXTENT = 8;
    static final int MAX_CHANNELS = 4;
    /** Activations of earlier pixels that the blocks keep for one record. */
    static final int MAX_KEPT = 1 << 20;
    static final long MAX_PARAMETERS = 64L << 20;

    /**
     * Maps a record to the means and log standard deviations of the posterior of the top layer.
     *
     * @param hidden widths of the hidden layers, each 1 to 4096; at most 8
     */
    public record Encoder(List<Integer> hidden) {
        /** Checks the limits. */
        public Encoder {
            hidden = SpecChecks.widths("encoder", hidden);
        }
    }

    /**
     * Maps latents to the features of every pixel; without channels a sample is a pixel.
     *
     * @param hidden widths of the hidden layers, each 1 to 4096; at most 8
     * @param features numbers for each pixel, 1 to 64
     */
    public record Decoder(List<Integer> hidden, int features) {
        /** Checks the limits. */
        public Decoder {
            hidden = SpecChecks.widths("decoder", hidden);
            SpecChecks.range("features", features, 1, MAX_FEATURES);
        }
    }

    /**
     * Checks that the parts fit together.
     *
     * @throws IllegalArgumentException if they do not, or if a limit is exceeded
     */
    public ModelSpec {
        SpecChecks.name(name);
        shape = List.copyOf(shape);
        SpecChecks.range("rank of the shape", shape.size(), 1, MAX_RANK);
        long dims = 1;
        for (int extent : shape) {
            SpecChecks.range("extent of the shape", extent, 1, MAX_DIMS);
            dims *= extent;
            SpecChecks.check(dims <= MAX_DIMS, "a record has at most " + MAX_DIMS + " samples");
        }
        Objects.requireNonNull(activation);
        latentLayers = List.copyOf(latentLayers);
        transitions = List.copyOf(transitions);
        checkLatents(latentLayers, encoder, transitions, decoder);
        final int features = decoder.map(Decoder::features).orElse(0);
        final int needed = likelihood.match(c -> 256, h -> 256, m -> 256, b -> 2);
        SpecChecks.check(levels == needed,
                "the likelihood \"" + likelihood.kind() + "\" has " + needed + " levels, not " + levels);
        SpecChecks.check(!likelihood.hidden().isEmpty() || features == likelihood.outputs(),
                "without hidden layers the features must be the likelihood's " + likelihood.outputs() + " parameters");
        checkWindow(shape, likelihood);
        long parameters = 0;
        for (List<Integer> tensor : TensorShapes
                .of(shape, levels, latentLayers, encoder, transitions, decoder, likelihood)
                .values()) {
            parameters += size(tensor);
        }
        SpecChecks.check(parameters <= MAX_PARAMETERS,
                "a model has at most " + MAX_PARAMETERS + " parameters, not " + parameters);
    }

    private static void checkWindow(List<Integer> shape, Likelihood likelihood) {
        if (likelihood.window().isEmpty()) {
            return;
        }
        SpecChecks.check(shape.size() == 2 || shape.size() == 3,
                "a window needs a shape of height, width and maybe channels");
        if (shape.size() == 3) {
            SpecChecks.range("channels", shape.get(2), 2, MAX_CHANNELS);
            SpecChecks.check(!(likelihood instanceof HurdleLikelihood), "a hurdle has no channels");
        }
        SpecChecks.check(!likelihood.window().get().relative() || likelihood instanceof MixtureLikelihood,
                "a relative window needs the likelihood \"logistic-mixture\"");
        SpecChecks.check(kept(shape, likelihood) <= MAX_KEPT,
                "the blocks may keep at most " + MAX_KEPT + " activations of earlier pixels");
    }

    private static long kept(List<Integer> shape, Likelihood likelihood) {
        return likelihood.blocks().map(b -> (long) b.count() * b.kept(shape.get(1), shape.get(0) * shape.get(1))
                * likelihood.hidden().get(0)).orElse(0L);
    }

    /** An architecture with ELU. */
    public ModelSpec(String name, List<Integer> shape, int levels, List<Integer> latentLayers,
            Optional<Encoder> encoder,
            List<Transition> transitions, Optional<Decoder> decoder, Likelihood likelihood) {
        this(name, shape, levels, latentLayers, encoder, transitions, decoder, likelihood, Activation.ELU);
    }

    /**
     * An architecture with one layer of latents, or none, and ELU.
     *
     * @param latents number of latents, 0 to 1024
     * @throws IllegalArgumentException if the parts do not fit together, or if a limit is exceeded
     */
    public ModelSpec(String name, List<Integer> shape, int levels, int latents, Optional<Encoder> encoder,
            Optional<Decoder> decoder, Likelihood likelihood) {
        this(name, shape, levels, latents == 0 ? List.of() : List.of(latents), encoder, List.of(), decoder, likelihood);
    }

    private static void checkLatents(List<Integer> latentLayers, Optional<Encoder> encoder,
            List<Transition> transitions,
            Optional<Decoder> decoder) {
        SpecChecks.check(latentLayers.size() <= MAX_LATENT_LAYERS,
                "there are at most " + MAX_LATENT_LAYERS + " layers of latents, not "
                        + latentLayers.size());
        int latents = 0;
        for (int layer : latentLayers) {
            SpecChecks.range("latents", layer, 1, MAX_LATENTS);
            latents += layer;
        }
        SpecChecks.range("latents", latents, 0, MAX_LATENTS);
        SpecChecks.check(encoder.isPresent() == latents > 0, "an encoder is needed exactly if there are latents");
        SpecChecks.check(decoder.isPresent() == latents > 0, "a decoder is needed exactly if there are latents");
        SpecChecks.check(transitions.size() == Math.max(0, latentLayers.size() - 1), "between " + latentLayers.size()
                + " layers of latents there cannot be " + transitions.size() + " transitions");
        SpecChecks.check(transitions.isEmpty() || !encoder.orElseThrow().hidden().isEmpty(),
                "with several layers of latents the encoder needs a hidden layer");
    }

    /** This architecture under another name. */
    public ModelSpec withName(String other) {
        return new ModelSpec(other, shape, levels, latentLayers, encoder, transitions, decoder, likelihood, activation);
    }

    /** This architecture with another activation. */
    public ModelSpec withActivation(Activation other) {
        return new ModelSpec(name, shape, levels, latentLayers, encoder, transitions, decoder, likelihood, other);
    }

    /**
     * This architecture with another palette.
     *
     * @throws IllegalArgumentException if it cannot have that
     */
    public ModelSpec withPalette(int palette) {
        if (palette == likelihood.palette()) {
            return this;
        }
        final Optional<Likelihood> other = likelihood.match(
                c -> Optional.of(new CategoricalLikelihood(c.predictor(), c.rank(), palette)),
                h -> Optional.of(new HurdleLikelihood(h.predictor(), h.markHidden(), h.rank(), palette)),
                m -> Optional.empty(), b -> Optional.empty());
        SpecChecks.check(other.isPresent(), "the likelihood \"" + likelihood.kind() + "\" has no palette");
        return new ModelSpec(name, shape, levels, latentLayers, encoder, transitions, decoder, other.get(), activation);
    }

    @Override
    public Family family() {
        return Family.VAE;
    }

    @Override
    public int latents() {
        return latentLayers.stream().mapToInt(Integer::intValue).sum();
    }

    /** Samples that share a place, features and window: the last extent of an image with channels, else 1. */
    public int channels() {
        return TensorShapes.channels(shape, likelihood);
    }

    /** Places in a record: {@code dims() / channels()}. */
    public int pixels() {
        return dims() / channels();
    }

    /** Activations of earlier pixels that the blocks keep for a record. */
    public int kept() {
        return (int) kept(shape, likelihood);
    }

    /** Numbers that the decoder gives to each pixel; 0 without latents. */
    public int features() {
        return decoder.map(Decoder::features).orElse(0);
    }

    /** Neighbours that the predictor sees, in pixels; 0 without a window. */
    public int windowSize() {
        return likelihood.window().map(Window::size).orElse(0);
    }

    /** Numbers that go into the predictor: the features, then what the window gives. */
    public int predictorInputs() {
        return features() + likelihood.window().map(w -> w.inputs(channels())).orElse(0);
    }

    @Override
    public Map<String, List<Integer>> tensors() {
        return Collections.unmodifiableMap(
                TensorShapes.of(shape, levels, latentLayers, encoder, transitions, decoder, likelihood));
    }

    /** Multiply-adds of the networks for one record; of a hurdle for one without zeros. */
    @Override
    public long multiplyAdds() {
        long sum = 0;
        for (Map.Entry<String, List<Integer>> tensor : tensors().entrySet()) {
            final String name = tensor.getKey();
            if (name.endsWith(".weight")) {
                final int times = name.startsWith("head.") || name.startsWith("mark.") ? pixels()
                        : name.startsWith("table.") ? dims() : 1;
                sum += size(tensor.getValue()) * times;
            }
        }
        return sum;
    }

    @Override
    public String toJson() {
        return ModelSpecJson.write(this);
    }

    /** Numbers in a tensor of at most two extents, each below 2^31. */
    private static long size(List<Integer> tensor) {
        return tensor.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    }
}
