package org.bbans.cli.train;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.ModelSpec;
import picocli.CommandLine.Option;

/** The options of {@code bbans train} that say what a model is like. */
public final class ArchitectureOptions {

    /** Share of zeros from which on neighbours get marks. */
    private static final double MARKS_FROM = 0.25;
    /**
     * Share of zeros from which on a preset takes a hurdle: with 81 % of them (digits) it beats a mixture, with 50 %
     * (clothes) a mixture beats it.
     */
    private static final double HURDLE_FROM = 0.65;
    /** In place of a hurdle's widths. */
    private static final String TRUNK = "trunk";
    private static final List<String> LIKELIHOODS = List.of("--components", "--hurdle", "--rank");

    @Option(names = "--preset", paramLabel = "fast|balanced|best", defaultValue = "balanced",
            converter = Choice.Presets.class, completionCandidates = Choice.Presets.class,
            description = "How large a model of a kind that suits the shape, the levels and the share of zeros of the "
                + "records; fast has no latents, best needs hours to train. -v shows the options it stands for "
                + "(default: ${DEFAULT-VALUE}).")
    private Preset preset;

    @Option(names = "--shape", paramLabel = "EXTENTS", split = ",",
            description = "Shape of the model's records, for example 28,28 for a page of such images below each other "
                + "(default: that of the file's records).")
    private List<Integer> shape;

    @Option(names = "--levels", paramLabel = "2|256",
            description = "Values of a sample (default: 2 if there are only two in sight).")
    private Integer levels;

    @Option(names = "--latents", defaultValue = "0", split = ",", paramLabel = "N",
            description = "Latents; 0 for a model without. With several numbers, those of the layers of a chain, the "
                + "one nearest to the samples first.")
    private List<Integer> latents;

    @Option(names = "--prior", defaultValue = "64", paramLabel = "WIDTHS",
            description = "Widths of the hidden layers from one layer of a chain of latents to the next "
                + "(default: ${DEFAULT-VALUE}).")
    private String prior;

    @Option(names = "--posterior", defaultValue = "128", paramLabel = "WIDTHS",
            description = "The same for the posterior, which sees the encoder too (default: ${DEFAULT-VALUE}).")
    private String posterior;

    @Option(names = "--encoder", defaultValue = "128", paramLabel = "WIDTHS",
            description = "Widths of the encoder's hidden layers.")
    private String encoder;

    @Option(names = "--decoder", defaultValue = "128", paramLabel = "WIDTHS",
            description = "Widths of the decoder's hidden layers.")
    private String decoder;

    @Option(names = "--features", defaultValue = "4",
            description = "Features of each sample that the decoder gives (default: ${DEFAULT-VALUE}).")
    private int features;

    @Option(names = "--hidden", defaultValue = "64,64", paramLabel = "WIDTHS",
            description = "Widths of the hidden layers that see a sample's neighbours.")
    private String hidden;

    @Option(names = "--activation", defaultValue = "elu", paramLabel = "elu|sqlu",
            converter = Choice.Activations.class, completionCandidates = Choice.Activations.class,
            description = "What follows the hidden layers of all networks; sqlu is faster (default: "
                + "${DEFAULT-VALUE}).")
    private Activation activation;

    @Option(names = "--radius", defaultValue = "0",
            description = "Neighbours to the left and right; with --rows 0 too, none.")
    private int radius;

    @Option(names = "--rows", defaultValue = "0", description = "Rows of neighbours above.")
    private int rows;

    @Option(names = "--marks", arity = "0..1", fallbackValue = "true", paramLabel = "BOOL",
            description = "Tell blank neighbours from others (default: if many samples are 0).")
    private Boolean marks;

    @Option(names = "--relative", arity = "0..1", fallbackValue = "true", paramLabel = "BOOL",
            description = "Tell neighbours, and means of logistics, relative to the nearest neighbours (default: if "
                + "samples have channels and their likelihood is a mixture).")
    private Boolean relative;

    @Option(names = "--blocks", defaultValue = "0", paramLabel = "N",
            description = "Residual convolutions over the first hidden layer.")
    private int blocks;

    @Option(names = "--block-radius", defaultValue = "1", paramLabel = "N",
            description = "Pixels to the left and to the right that each of them sees (default: ${DEFAULT-VALUE}).")
    private int blockRadius;

    @Option(names = "--block-rows", defaultValue = "1", paramLabel = "N",
            description = "Rows above that each of them sees (default: ${DEFAULT-VALUE}).")
    private int blockRows;

    @Option(names = "--components", paramLabel = "N",
            description = "The likelihood is a mixture of so many logistics: for smooth pictures.")
    private Integer components;

    @Option(names = "--hurdle", paramLabel = "WIDTHS|" + TRUNK,
            description = "The likelihood is a hurdle: a network of its own, with hidden layers of these widths, says "
                + "whether a sample is 0; the other one is then used for the rest alone. Or, with '" + TRUNK + "', the "
                + "first of the --hidden layers, with its --blocks, serves both. For records that are mostly 0.")
    private String hurdle;

    @Option(names = "--rank", defaultValue = "16",
            description = "Rank of the table of levels, of a hurdle or, without one, of all levels (default: "
                + "${DEFAULT-VALUE}).")
    private int rank;

    @Option(names = "--palette", defaultValue = "0", paramLabel = "N",
            description = "Outputs that raise the levels which a record has had once, twice, ..., N times or more: for "
                + "pictures of few levels each. With --rank or --hurdle; a model of --from may be given one "
                + "(default: ${DEFAULT-VALUE}).")
    private int palette;

    /** The palette that the model is to have. */
    public int palette() {
        return palette;
    }

    /** The shape that the records are to have. */
    public Optional<List<Integer>> shape() {
        return Optional.ofNullable(shape);
    }

    /** The number of levels that the samples are to have. */
    public OptionalInt levels() {
        return levels == null ? OptionalInt.empty() : OptionalInt.of(levels);
    }

    /**
     * The options that the preset chooses, and their values.
     *
     * @param extents shape of a record
     * @param zeros share of the samples that are 0
     * @param given whether the user has chosen an option
     */
    public Map<String, String> presets(int[] extents, int modelLevels, double zeros, Predicate<String> given) {
        Preset.Kind kind = !isPicture(extents) ? Preset.Kind.OTHER : modelLevels == 2 ? Preset.Kind.TWO_VALUED
                : extents.length == 3 ? Preset.Kind.COLOUR
                : zeros >= HURDLE_FROM ? Preset.Kind.BLANK : Preset.Kind.GREY;
        Map<String, String> options = preset.options(kind, extents);
        if (LIKELIHOODS.stream().anyMatch(given)) {
            options.keySet().removeAll(LIKELIHOODS);
            options.remove("--palette");
            if (!given.test("--components")) {
                options.remove("--relative");
            }
        }
        if (given.test("--hurdle") && !sharesTrunk(hurdle)) {
            options.remove("--blocks");
        }
        if (given.test("--blocks") && !sharesTrunk(options.get("--hurdle"))) {
            options.remove("--hurdle");
        }
        return options;
    }

    private static boolean sharesTrunk(String hurdle) {
        return TRUNK.equals(hurdle);
    }

    private static boolean isPicture(int[] extents) {
        return extents.length == 2 || extents.length == 3 && extents[2] >= 2 && extents[2] <= 4;
    }

    /**
     * The model.
     *
     * @param extents shape of a record
     * @param zeros share of the samples that are 0
     * @throws IllegalArgumentException if the options do not fit together
     */
    public ModelSpec spec(String name, int[] extents, int modelLevels, double zeros) {
        boolean mixture = modelLevels > 2 && components != null;
        boolean relation = relative != null ? relative : extents.length == 3 && mixture;
        Optional<ModelSpec.Window> window = radius + rows == 0 || !isPicture(extents) ? Optional.empty()
                : Optional.of(new ModelSpec.Window(radius, rows, relation ? ModelSpec.View.RELATIVE
                : (marks != null ? marks : modelLevels > 2 && zeros > MARKS_FROM) ? ModelSpec.View.MARKED
                : ModelSpec.View.PLAIN));
        Optional<ModelSpec.Blocks> convolutions = blocks == 0 || window.isEmpty() ? Optional.empty()
                : Optional.of(new ModelSpec.Blocks(blocks, blockRadius, blockRows));
        ModelSpec.Head head = new ModelSpec.Head(window, convolutions, widths(hidden));
        if (palette > 0 && (mixture || modelLevels == 2)) {
            throw new IllegalArgumentException("--palette goes with --rank or --hurdle, for samples of 256 levels");
        }
        ModelSpec.Likelihood likelihood = modelLevels == 2 ? new ModelSpec.Bernoulli(head)
                : mixture ? new ModelSpec.LogisticMixture(head, components)
                : hurdle != null && !hurdle.isBlank() ? new ModelSpec.Hurdle(head,
                sharesTrunk(hurdle) ? List.of() : widths(hurdle, "16,16 or " + TRUNK), rank, palette)
                : new ModelSpec.Categorical(head, rank, palette);
        List<Integer> layers = latents.equals(List.of(0)) ? List.of() : latents;
        boolean none = layers.isEmpty();
        return new ModelSpec(name, Arrays.stream(extents).boxed().toList(), modelLevels, layers,
                none ? Optional.empty() : Optional.of(new ModelSpec.Encoder(widths(encoder))),
                Collections.nCopies(Math.max(0, layers.size() - 1),
                        new ModelSpec.Transition(widths(prior), widths(posterior))),
                none ? Optional.empty() : Optional.of(new ModelSpec.Decoder(widths(decoder), features)), likelihood,
                activation);
    }

    private static List<Integer> widths(String text) {
        return widths(text, "64,64");
    }

    private static List<Integer> widths(String text, String example) {
        try {
            return text.isBlank() ? List.of() : Arrays.stream(text.split(",")).map(s -> Integer.valueOf(s.strip()))
                    .toList();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a list of widths; write for example " + example);
        }
    }
}
