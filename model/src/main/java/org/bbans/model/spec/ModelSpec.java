package org.bbans.model.spec;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

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

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /**
     * Maps a record to the means and log standard deviations of the posterior of the top layer.
     *
     * @param hidden widths of the hidden layers, each 1 to 4096; at most 8
     */
    public record Encoder(List<Integer> hidden) {
        /** Checks the limits. */
        public Encoder {
            hidden = widths("encoder", hidden);
        }
    }

    /** What a layer's posterior network says; the label is the prefix of its tensors. */
    public enum Backward {
        /** From the record and the layer above: the posterior, in units of the conditional prior. */
        RELATIVE("posterior"),
        /** From the record alone: a Gaussian by which the conditional prior is multiplied to give the posterior. */
        PRODUCT("evidence");

        private final String label;

        Backward(String label) {
            this.label = label;
        }

        /** Name in descriptions and prefix of the names of tensors. */
        public String label() {
            return label;
        }
    }

    /**
     * From a layer of latents to the one below it: for each latent of the lower layer, mean and log standard deviation
     * of its conditional prior, and what its posterior is made of.
     *
     * @param prior widths of the hidden layers of the network that maps the upper layer to the prior; at most 8
     * @param backward what the other network says
     * @param posterior widths of the hidden layers of that network, whose inputs are the encoder's last hidden layer
     *     and, if it is {@link Backward#RELATIVE}, the upper layer of latents; at most 8
     */
    public record Transition(List<Integer> prior, Backward backward, List<Integer> posterior) {
        /** Checks the limits. */
        public Transition {
            prior = widths("prior", prior);
            posterior = widths("posterior", posterior);
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
            hidden = widths("decoder", hidden);
            range("features", features, 1, MAX_FEATURES);
        }
    }

    /** How a window shows its neighbours' levels to the predictor. */
    public enum View {
        /** As {@code level / (levels - 1)}. */
        PLAIN,
        /**
         * Plain, and for every neighbour 1 if it is not zero: in drawings on a blank ground the step from 0 to 1 means
         * more than any other.
         */
        MARKED,
        /**
         * As the difference from the mean of the nearest neighbours, which the predictor sees too: in photographs a
         * pattern means the same in shadow and in light. The likelihood's means are relative to that mean as well.
         */
        RELATIVE
    }

    /**
     * The causal neighbourhood of a pixel: full rows above it and what lies to its left.
     *
     * @param radius pixels to the left and to the right, 0 to 32
     * @param rows rows above, 0 to 32
     * @param view how the neighbours' levels become the predictor's inputs
     */
    public record Window(int radius, int rows, View view) {
        /** Checks the limits. */
        public Window {
            Objects.requireNonNull(view);
            range("window radius", radius, 0, MAX_WINDOW);
            range("window rows", rows, 0, MAX_WINDOW);
            check(radius + rows > 0, "a window must hold at least one neighbour");
        }

        /** Number of neighbours: the rows above from the topmost, then the current row up to the pixel itself. */
        public int size() {
            return rows * (2 * radius + 1) + radius;
        }

        /** Whether the predictor also sees the neighbours' marks. */
        public boolean marks() {
            return view == View.MARKED;
        }

        /** Whether levels are relative to the mean of the nearest neighbours. */
        public boolean relative() {
            return view == View.RELATIVE;
        }

        /**
         * Numbers that the window gives to the predictor: the neighbours' values, then their marks or the means that
         * the values are relative to.
         *
         * @param channels samples in a pixel
         */
        public int inputs(int channels) {
            final int values = size() * channels;
            return switch (view) {
                case PLAIN -> values;
                case MARKED -> 2 * values;
                case RELATIVE -> values + channels;
            };
        }
    }

    /**
     * Residual causal convolutions over the first hidden layer: they let a pixel see beyond its window at the price of
     * one more layer each, for what they made of earlier pixels is kept.
     *
     * @param count number of convolutions, 1 to 16
     * @param radius pixels to the left and to the right, 0 to 8
     * @param rows rows above, 0 to 8
     */
    public record Blocks(int count, int radius, int rows) {
        /** Checks the limits. */
        public Blocks {
            range("block count", count, 1, MAX_BLOCKS);
            range("block radius", radius, 0, MAX_BLOCK_EXTENT);
            range("block rows", rows, 0, MAX_BLOCK_EXTENT);
        }

        /** Pixels that a convolution sees: the rows above from the topmost, the current row, the pixel itself last. */
        public int taps() {
            return rows * (2 * radius + 1) + radius + 1;
        }

        /** Pixels whose activations are kept: from the first tap of the pixel in hand up to itself. */
        public int kept(int width, int pixels) {
            return (int) Math.min(pixels, (long) rows * width + radius + 1);
        }
    }

    /**
     * The network that turns a pixel's features and its neighbourhood into the distributions of its samples.
     *
     * @param window the causal neighbourhood; absent means that samples are independent given the latents
     * @param blocks convolutions over the first hidden layer; they need a window
     * @param hidden widths of the hidden layers; none means that the features are the predictor's outputs
     */
    public record PredictorSpec(Optional<Window> window, Optional<Blocks> blocks, List<Integer> hidden) {
        /** Checks the limits. */
        public PredictorSpec {
            hidden = widths("likelihood", hidden);
            check(window.isEmpty() || !hidden.isEmpty(), "a window needs hidden layers");
            check(blocks.isEmpty() || window.isPresent(), "blocks need a window");
        }
    }

    /** The distribution of one sample given its features and its causal neighbourhood. */
    public sealed interface Likelihood
            permits CategoricalLikelihood, HurdleLikelihood, MixtureLikelihood, BernoulliLikelihood {

        /** The network before the distribution's parameters. */
        PredictorSpec predictor();

        /** Number of the predictor's outputs. */
        int outputs();

        /** How many of the outputs, the last ones, are for levels that the record had before; 0 for none. */
        default int palette() {
            return 0;
        }

        /** The name of this kind of likelihood in a description. */
        String kind();

        /** Applies the function for this kind: with a new kind, nothing compiles before all uses have one for it. */
        <T> T match(Function<CategoricalLikelihood, T> categorical, Function<HurdleLikelihood, T> hurdle,
                Function<MixtureLikelihood, T> mixture, Function<BernoulliLikelihood, T> bernoulli);

        /** Columns to the right in the rows above that a pixel sees at most; 0 without a window. */
        default int reach() {
            // The mean that values are relative to takes the upper right neighbour, whatever the window.
            return window().map(w -> Math.max(Math.max(w.radius(), w.relative() ? 1 : 0),
                    blocks().map(Blocks::radius).orElse(0))).orElse(0);
        }

        /** The causal neighbourhood; absent means that samples are independent given the latents. */
        default Optional<Window> window() {
            return predictor().window();
        }

        /** Convolutions over the predictor's first hidden layer. */
        default Optional<Blocks> blocks() {
            return predictor().blocks();
        }

        /** Widths of the predictor's hidden layers; none means that the features are its outputs. */
        default List<Integer> hidden() {
            return predictor().hidden();
        }
    }

    /**
     * A softmax over 256 levels whose logits are a table of rank {@code rank}, shared by all samples.
     *
     * <p>With a palette, the logit of every level that the record already has in that channel is raised by an output
     * for how often: once, twice, ..., {@code palette} times or more. A cache (Kuhn and De Mori, IEEE PAMI 12, 1990):
     * scaled or stretched pictures have few levels each, and others in every picture.
     *
     * @param predictor the network before the distribution's parameters
     * @param rank rank of the table, 1 to 64
     * @param palette 0 to 16
     */
    public record CategoricalLikelihood(PredictorSpec predictor, int rank, int palette) implements Likelihood {
        /** Checks the limits. */
        public CategoricalLikelihood {
            Objects.requireNonNull(predictor);
            checkSoftmax(rank, palette);
        }

        /** Without a palette. */
        public CategoricalLikelihood(PredictorSpec predictor, int rank) {
            this(predictor, rank, 0);
        }

        @Override
        public int outputs() {
            return rank + palette;
        }

        @Override
        public String kind() {
            return "categorical";
        }

        @Override
        public <T> T match(Function<CategoricalLikelihood, T> categorical, Function<HurdleLikelihood, T> hurdle,
                Function<MixtureLikelihood, T> mixture, Function<BernoulliLikelihood, T> bernoulli) {
            return categorical.apply(this);
        }
    }

    /**
     * A hurdle model (Mullahy, Journal of Econometrics 33, 1986) over 256 levels, for records that are mostly zero: a
     * coin, the mark, decides whether a sample is zero; if it is not, its level has a softmax like that of
     * {@link CategoricalLikelihood}. The mark has a small predictor of its own, with the same inputs; that of the
     * levels need not be small then, for it is only evaluated where it is needed. Or both share the trunk, which is
     * evaluated everywhere and can have blocks, and only what follows is for the levels alone.
     *
     * @param predictor the levels' network, with hidden layers
     * @param markHidden widths of the hidden layers of the mark's own predictor; none if its logit is one more output
     *     of the trunk, the levels' first hidden layer with its blocks
     * @param rank rank of the levels' table, 1 to 64
     * @param palette as in {@link CategoricalLikelihood}, for the levels
     */
    public record HurdleLikelihood(PredictorSpec predictor, List<Integer> markHidden, int rank,
            int palette) implements Likelihood {
        /** Checks the limits. */
        public HurdleLikelihood {
            check(!predictor.hidden().isEmpty(), "a hurdle needs hidden layers");
            markHidden = widths("mark", markHidden);
            check(predictor.blocks().isEmpty() || markHidden.isEmpty(),
                    "a hurdle has blocks only if its mark has no hidden layers of its own");
            checkSoftmax(rank, palette);
        }

        /** Without a palette. */
        public HurdleLikelihood(PredictorSpec predictor, List<Integer> markHidden, int rank) {
            this(predictor, markHidden, rank, 0);
        }

        /** Whether the mark's logit is an output of the levels' trunk. */
        public boolean sharesTrunk() {
            return markHidden.isEmpty();
        }

        @Override
        public int outputs() {
            return rank + palette;
        }

        @Override
        public String kind() {
            return "hurdle";
        }

        @Override
        public <T> T match(Function<CategoricalLikelihood, T> categorical, Function<HurdleLikelihood, T> hurdle,
                Function<MixtureLikelihood, T> mixture, Function<BernoulliLikelihood, T> bernoulli) {
            return hurdle.apply(this);
        }
    }

    /**
     * A mixture of logistic distributions over 256 levels (Salimans et al., arXiv:1701.05517, section 2.1): for levels
     * that are a scale, where neighbouring ones are alike. The outputs are the components' weights (as logits),
     * then their means, then the logarithms of their scales.
     *
     * @param predictor the network before the distribution's parameters
     * @param components number of logistic distributions, 1 to 32
     */
    public record MixtureLikelihood(PredictorSpec predictor, int components) implements Likelihood {

        /** Half the range of levels: a mean m among the outputs means level {@code HALF_RANGE * (m + 1)}. */
        public static final float HALF_RANGE = 127.5f;
        /** Levels in a unit of the outputs if the window is relative: a mean m means level {@code reference + 32 m}. */
        public static final float RELATIVE_UNIT = 32f;
        /** Added to the logarithm of a scale, so that an untrained predictor is neither too sharp nor too flat. */
        public static final float LOG_SCALE_SHIFT = -3f;
        /** Least logarithm of a scale, in units of {@link #HALF_RANGE}. */
        public static final float LOG_SCALE_LOW = -7f;
        /** Greatest logarithm of a scale. */
        public static final float LOG_SCALE_HIGH = 3f;

        /** Checks the limits. */
        public MixtureLikelihood {
            Objects.requireNonNull(predictor);
            range("components", components, 1, MAX_COMPONENTS);
        }

        @Override
        public int outputs() {
            return 3 * components;
        }

        @Override
        public String kind() {
            return "logistic-mixture";
        }

        @Override
        public <T> T match(Function<CategoricalLikelihood, T> categorical, Function<HurdleLikelihood, T> hurdle,
                Function<MixtureLikelihood, T> mixture, Function<BernoulliLikelihood, T> bernoulli) {
            return mixture.apply(this);
        }
    }

    /**
     * A coin whose logit is the predictor's output.
     *
     * @param predictor the network before the distribution's parameters
     */
    public record BernoulliLikelihood(PredictorSpec predictor) implements Likelihood {
        /** Checks the limits. */
        public BernoulliLikelihood {
            Objects.requireNonNull(predictor);
        }

        @Override
        public int outputs() {
            return 1;
        }

        @Override
        public String kind() {
            return "bernoulli";
        }

        @Override
        public <T> T match(Function<CategoricalLikelihood, T> categorical, Function<HurdleLikelihood, T> hurdle,
                Function<MixtureLikelihood, T> mixture, Function<BernoulliLikelihood, T> bernoulli) {
            return bernoulli.apply(this);
        }
    }

    /**
     * Checks that the parts fit together.
     *
     * @throws IllegalArgumentException if they do not, or if a limit is exceeded
     */
    public ModelSpec {
        checkName(name);
        shape = List.copyOf(shape);
        range("rank of the shape", shape.size(), 1, MAX_RANK);
        long dims = 1;
        for (int extent : shape) {
            range("extent of the shape", extent, 1, MAX_DIMS);
            dims *= extent;
            check(dims <= MAX_DIMS, "a record has at most " + MAX_DIMS + " samples");
        }
        Objects.requireNonNull(activation);
        latentLayers = List.copyOf(latentLayers);
        transitions = List.copyOf(transitions);
        checkLatents(latentLayers, encoder, transitions, decoder);
        final int features = decoder.map(Decoder::features).orElse(0);
        final int needed = likelihood.match(c -> 256, h -> 256, m -> 256, b -> 2);
        check(levels == needed, "the likelihood \"" + likelihood.kind() + "\" has " + needed + " levels, not "
                + levels);
        check(!likelihood.hidden().isEmpty() || features == likelihood.outputs(),
                "without hidden layers the features must be the likelihood's " + likelihood.outputs() + " parameters");
        checkWindow(shape, likelihood);
        long parameters = 0;
        for (List<Integer> tensor : TensorShapes
                .of(shape, levels, latentLayers, encoder, transitions, decoder, likelihood)
                .values()) {
            parameters += size(tensor);
        }
        check(parameters <= MAX_PARAMETERS, "a model has at most " + MAX_PARAMETERS + " parameters, not " + parameters);
    }

    private static void checkWindow(List<Integer> shape, Likelihood likelihood) {
        if (likelihood.window().isEmpty()) {
            return;
        }
        check(shape.size() == 2 || shape.size() == 3, "a window needs a shape of height, width and maybe channels");
        if (shape.size() == 3) {
            range("channels", shape.get(2), 2, MAX_CHANNELS);
            check(!(likelihood instanceof HurdleLikelihood), "a hurdle has no channels");
        }
        check(!likelihood.window().get().relative() || likelihood instanceof MixtureLikelihood,
                "a relative window needs the likelihood \"logistic-mixture\"");
        check(kept(shape, likelihood) <= MAX_KEPT,
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
        check(latentLayers.size() <= MAX_LATENT_LAYERS,
                "there are at most " + MAX_LATENT_LAYERS + " layers of latents, not "
                        + latentLayers.size());
        int latents = 0;
        for (int layer : latentLayers) {
            range("latents", layer, 1, MAX_LATENTS);
            latents += layer;
        }
        range("latents", latents, 0, MAX_LATENTS);
        check(encoder.isPresent() == latents > 0, "an encoder is needed exactly if there are latents");
        check(decoder.isPresent() == latents > 0, "a decoder is needed exactly if there are latents");
        check(transitions.size() == Math.max(0, latentLayers.size() - 1), "between " + latentLayers.size()
                + " layers of latents there cannot be " + transitions.size() + " transitions");
        check(transitions.isEmpty() || !encoder.orElseThrow().hidden().isEmpty(),
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
        check(other.isPresent(), "the likelihood \"" + likelihood.kind() + "\" has no palette");
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

    private static List<Integer> widths(String what, List<Integer> hidden) {
        final List<Integer> copy = List.copyOf(hidden);
        check(copy.size() <= MAX_LAYERS, what + ": at most " + MAX_LAYERS + " hidden layers, not " + copy.size());
        copy.forEach(w -> range(what + " width", w, 1, MAX_WIDTH));
        return copy;
    }

    static void checkName(String name) {
        check(NAME.matcher(Objects.requireNonNull(name)).matches(),
                "a name has 1 to 64 letters, digits, '.', '_', '-'");
    }

    private static void checkSoftmax(int rank, int palette) {
        range("rank", rank, 1, MAX_TABLE_RANK);
        range("palette", palette, 0, MAX_PALETTE);
    }

    static void range(String what, int value, int low, int high) {
        check(value >= low && value <= high, what + " must be " + low + " to " + high + ", not " + value);
    }

    static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
