package org.bbans.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bbans.codec.format.FormatException;

/**
 * The architecture of a model: what a model file's {@code bbans} metadata describes.
 *
 * <p>A record {@code x} has {@code dims()} samples. The encoder maps it to a diagonal Gaussian over {@code latents}
 * latents, the decoder maps latents to {@code features} numbers for each sample, and the likelihood's head turns the
 * features of a sample and the already coded samples around it into the distribution of that sample.
 *
 * <p>Every description that can be constructed is consistent and within the limits, so that whatever is sized by it
 * stays reasonable.
 *
 * @param name 1 to 64 letters, digits, dots, hyphens and underscores
 * @param shape extents of a record, outermost first; rank 1 to 4, at most 2^20 samples
 * @param levels values that a sample can take: 2 for {@link Bernoulli}, 256 for the others
 * @param latents number of latents, 0 to 1024; none means a model without encoder and decoder
 * @param encoder present exactly if there are latents
 * @param decoder present exactly if there are latents
 * @param likelihood the distribution of a sample
 */
public record ModelSpec(String name, List<Integer> shape, int levels, int latents, Optional<Encoder> encoder,
                        Optional<Decoder> decoder, Likelihood likelihood) {

    /** Version of the description that this program writes and reads. */
    public static final int VERSION = 1;

    static final int MAX_RANK = 4;
    static final int MAX_DIMS = 1 << 20;
    static final int MAX_LATENTS = 1024;
    static final int MAX_WIDTH = 4096;
    static final int MAX_LAYERS = 8;
    static final int MAX_FEATURES = 64;
    static final int MAX_TABLE_RANK = 64;
    static final int MAX_COMPONENTS = 32;
    static final int MAX_WINDOW = 32;
    static final long MAX_PARAMETERS = 64L << 20;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /**
     * Maps a record to the posterior's means and log standard deviations.
     *
     * @param hidden widths of the hidden layers, each 1 to 4096; at most 8
     */
    public record Encoder(List<Integer> hidden) {
        /** Checks the limits. */
        public Encoder {
            hidden = widths("encoder", hidden);
        }
    }

    /**
     * Maps latents to the features of every sample.
     *
     * @param hidden widths of the hidden layers, each 1 to 4096; at most 8
     * @param features numbers for each sample, 1 to 64
     */
    public record Decoder(List<Integer> hidden, int features) {
        /** Checks the limits. */
        public Decoder {
            hidden = widths("decoder", hidden);
            range("features", features, 1, MAX_FEATURES);
        }
    }

    /**
     * The causal neighbourhood of a sample: full rows above it and what lies to its left.
     *
     * @param radius samples to the left and to the right, 0 to 32
     * @param rows rows above, 0 to 32
     * @param marks whether the head also sees, for every neighbour, 1 if it is not zero: in drawings on a blank ground
     *     the step from 0 to 1 means more than any other
     */
    public record Window(int radius, int rows, boolean marks) {
        /** Checks the limits. */
        public Window {
            range("window radius", radius, 0, MAX_WINDOW);
            range("window rows", rows, 0, MAX_WINDOW);
            check(radius + rows > 0, "a window must hold at least one neighbour");
        }

        /** Number of neighbours: the rows above from the topmost, then the current row up to the sample itself. */
        public int size() {
            return rows * (2 * radius + 1) + radius;
        }

        /** Numbers that the window gives to the head: the neighbours' values, then their marks. */
        public int inputs() {
            return marks ? 2 * size() : size();
        }
    }

    /** The distribution of one sample given its features and its causal neighbourhood. */
    public sealed interface Likelihood permits Categorical, Bernoulli, LogisticMixture {

        /** The causal neighbourhood; absent means that samples are independent given the latents. */
        Optional<Window> window();

        /** Widths of the head's hidden layers; none means that the features are the head's output. */
        List<Integer> hidden();

        /** Width of the head's last layer. */
        int outputs();

        /** The name of this family in a description. */
        String kind();
    }

    /**
     * A softmax over 256 levels whose logits are a table of rank {@code rank}, shared by all samples.
     *
     * @param window the causal neighbourhood
     * @param hidden widths of the head's hidden layers
     * @param rank rank of the table, 1 to 64
     */
    public record Categorical(Optional<Window> window, List<Integer> hidden, int rank) implements Likelihood {
        /** Checks the limits. */
        public Categorical {
            Objects.requireNonNull(window);
            hidden = widths("likelihood", hidden);
            range("rank", rank, 1, MAX_TABLE_RANK);
        }

        @Override
        public int outputs() {
            return rank;
        }

        @Override
        public String kind() {
            return "categorical";
        }
    }

    /**
     * A mixture of logistic distributions over 256 levels (Salimans et al., arXiv:1701.05517, section 2.1): for levels
     * that are a scale, where neighbouring ones are alike. The head's outputs are the components' weights (as logits),
     * then their means, then the logarithms of their scales.
     *
     * @param window the causal neighbourhood
     * @param hidden widths of the head's hidden layers
     * @param components number of logistic distributions, 1 to 32
     */
    public record LogisticMixture(Optional<Window> window, List<Integer> hidden, int components) implements Likelihood {

        /** Half the range of levels: a mean m of the head means level {@code HALF_RANGE * (m + 1)}. */
        public static final float HALF_RANGE = 127.5f;
        /** Added to the head's logarithm of a scale, so that an untrained head is neither too sharp nor too flat. */
        public static final float LOG_SCALE_SHIFT = -3f;
        /** Least logarithm of a scale, in units of {@link #HALF_RANGE}. */
        public static final float LOG_SCALE_LOW = -7f;
        /** Greatest logarithm of a scale. */
        public static final float LOG_SCALE_HIGH = 3f;

        /** Checks the limits. */
        public LogisticMixture {
            Objects.requireNonNull(window);
            hidden = widths("likelihood", hidden);
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
    }

    /**
     * A coin whose logit is the head's output.
     *
     * @param window the causal neighbourhood
     * @param hidden widths of the head's hidden layers
     */
    public record Bernoulli(Optional<Window> window, List<Integer> hidden) implements Likelihood {
        /** Checks the limits. */
        public Bernoulli {
            Objects.requireNonNull(window);
            hidden = widths("likelihood", hidden);
        }

        @Override
        public int outputs() {
            return 1;
        }

        @Override
        public String kind() {
            return "bernoulli";
        }
    }

    /**
     * Checks that the parts fit together.
     *
     * @throws IllegalArgumentException if they do not, or if a limit is exceeded
     */
    public ModelSpec {
        check(NAME.matcher(Objects.requireNonNull(name)).matches(),
            "a name has 1 to 64 letters, digits, '.', '_', '-'");
        shape = List.copyOf(shape);
        range("rank of the shape", shape.size(), 1, MAX_RANK);
        long dims = 1;
        for (int extent : shape) {
            range("extent of the shape", extent, 1, MAX_DIMS);
            dims *= extent;
            check(dims <= MAX_DIMS, "a record has at most " + MAX_DIMS + " samples");
        }
        range("latents", latents, 0, MAX_LATENTS);
        check(encoder.isPresent() == latents > 0, "an encoder is needed exactly if there are latents");
        check(decoder.isPresent() == latents > 0, "a decoder is needed exactly if there are latents");
        final int features = decoder.map(Decoder::features).orElse(0);
        final int needed = likelihood instanceof Bernoulli ? 2 : 256;
        check(levels == needed, "the likelihood \"" + likelihood.kind() + "\" has " + needed + " levels, not "
            + levels);
        if (likelihood.hidden().isEmpty()) {
            check(likelihood.window().isEmpty(), "a window needs a head with hidden layers");
            check(features == likelihood.outputs(),
                "without hidden layers the features must be the head's " + likelihood.outputs() + " outputs");
        }
        check(likelihood.window().isEmpty() || shape.size() == 2, "a window needs a shape of two extents");
        long parameters = 0;
        for (List<Integer> tensor : tensors(shape, levels, latents, encoder, decoder, likelihood).values()) {
            long size = 1;
            for (int extent : tensor) {
                size *= extent; // at most two extents of at most 2^26 each: no overflow
            }
            parameters += size;
        }
        check(parameters <= MAX_PARAMETERS, "a model has at most " + MAX_PARAMETERS + " parameters, not " + parameters);
    }

    /** Samples in a record. */
    public int dims() {
        return shape.stream().reduce(1, (a, b) -> a * b);
    }

    /** Numbers that the decoder gives to each sample; 0 without latents. */
    public int features() {
        return decoder.map(Decoder::features).orElse(0);
    }

    /** Neighbours that the head sees; 0 without a window. */
    public int windowSize() {
        return likelihood.window().map(Window::size).orElse(0);
    }

    /** Numbers that go into the head: the features, the neighbours' values, their marks. */
    public int headInputs() {
        return features() + likelihood.window().map(Window::inputs).orElse(0);
    }

    /** The tensors of such a model by name, in canonical order, with their shapes. A weight is {@code [in, out]}. */
    public Map<String, List<Integer>> tensors() {
        return Collections.unmodifiableMap(tensors(shape, levels, latents, encoder, decoder, likelihood));
    }

    /** Number of parameters. */
    public long parameters() {
        return tensors().values().stream()
            .mapToLong(s -> s.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b)).sum();
    }

    /** Multiply-adds of the networks for one record. */
    public long multiplyAdds() {
        final long dims = dims();
        long sum = 0;
        for (Map.Entry<String, List<Integer>> tensor : tensors().entrySet()) {
            if (tensor.getKey().endsWith(".weight")) {
                final long size = (long) tensor.getValue().get(0) * tensor.getValue().get(1);
                final boolean perSample = tensor.getKey().startsWith("head.") || tensor.getKey().startsWith("table.");
                sum += perSample ? size * dims : size;
            }
        }
        return sum;
    }

    /** This description as JSON, the value of the metadata key {@code bbans}. */
    public String toJson() {
        return ModelSpecJson.write(this);
    }

    /**
     * Reads a description.
     *
     * @param json the value of the metadata key {@code bbans}
     * @throws FormatException if it is malformed, inconsistent, beyond the limits, or of a newer version
     */
    public static ModelSpec parse(String json) throws FormatException {
        return ModelSpecJson.read(json);
    }

    private static Map<String, List<Integer>> tensors(List<Integer> shape, int levels, int latents,
                                                      Optional<Encoder> encoder, Optional<Decoder> decoder,
                                                      Likelihood likelihood) {
        final int dims = shape.stream().reduce(1, (a, b) -> a * b);
        final int features = decoder.map(Decoder::features).orElse(0);
        final Map<String, List<Integer>> t = new LinkedHashMap<>();
        encoder.ifPresent(e -> layers(t, "encoder", dims, e.hidden(), 2 * latents));
        decoder.ifPresent(d -> layers(t, "decoder", latents, d.hidden(), dims * features));
        final List<Integer> hidden = likelihood.hidden();
        if (!hidden.isEmpty()) {
            final int inputs = features + likelihood.window().map(Window::inputs).orElse(0);
            t.put("head.position", List.of(dims, hidden.get(0)));
            layers(t, "head", inputs, hidden, likelihood.outputs());
            // The first layer's bias is one of its own for every sample.
            t.remove("head.0.bias");
            if (inputs == 0) {
                t.remove("head.0.weight");
            }
        }
        if (likelihood instanceof Categorical c) {
            t.put("table.weight", List.of(c.rank(), levels));
            t.put("table.bias", List.of(levels));
        }
        return t;
    }

    private static void layers(Map<String, List<Integer>> tensors, String net, int inputs, List<Integer> hidden,
                               int outputs) {
        final List<Integer> widths = new ArrayList<>(hidden);
        widths.add(outputs);
        int in = inputs;
        for (int i = 0; i < widths.size(); i++) {
            final String layer = net + "." + (i < hidden.size() ? Integer.toString(i) : "out");
            tensors.put(layer + ".weight", List.of(in, widths.get(i)));
            tensors.put(layer + ".bias", List.of(widths.get(i)));
            in = widths.get(i);
        }
    }

    private static List<Integer> widths(String what, List<Integer> hidden) {
        final List<Integer> copy = List.copyOf(hidden);
        check(copy.size() <= MAX_LAYERS, what + ": at most " + MAX_LAYERS + " hidden layers, not " + copy.size());
        copy.forEach(w -> range(what + " width", w, 1, MAX_WIDTH));
        return copy;
    }

    private static void range(String what, int value, int low, int high) {
        check(value >= low && value <= high, what + " must be " + low + " to " + high + ", not " + value);
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
