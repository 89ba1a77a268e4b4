package org.bbans.cli.train;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.bbans.model.image.ImageShape;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.BernoulliLikelihood;
import org.bbans.model.spec.Blocks;
import org.bbans.model.spec.CategoricalLikelihood;
import org.bbans.model.spec.Description;
import org.bbans.model.spec.DiffusionSpec;
import org.bbans.model.spec.FlowSpec;
import org.bbans.model.spec.HurdleLikelihood;
import org.bbans.model.spec.Likelihood;
import org.bbans.model.spec.MixtureLikelihood;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.spec.PredictorSpec;
import org.bbans.model.spec.SdeSpec;
import org.bbans.model.spec.Transition;
import org.bbans.model.spec.Window;
import org.bbans.model.train.TrainingRecords;
import picocli.CommandLine.Option;

/** The options of {@code bbans train} that say what a model is like. */
public final class ArchitectureOptions extends OpenOptions {

    /** Share of zeros from which on neighbours get marks. */
    private static final double MARKS_FROM = 0.25;
    /**
     * Share of zeros from which on a preset takes a hurdle: with 81 % of them (digits) it beats a mixture, with 50 %
     * (clothes) a mixture beats it.
     */
    private static final double HURDLE_FROM = 0.65;
    /** Latents of a chain, those next to the samples first. */
    private static final List<Integer> LAYERS = List.of(32, 16, 8);
    /** What the families other than autoencoders take. */
    private static final Map<TrainedFamily, Set<String>> OPTIONS = Map.of(
            TrainedFamily.DIFFUSION, Set.of("--family", "--states", "--channels", "--blocks", "--rank", "--activation",
                    "--shape", "--levels"),
            TrainedFamily.FLOW, Set.of("--family", "--channels", "--blocks", "--activation", "--shape", "--levels"),
            TrainedFamily.SDE, Set.of("--family", "--latents", "--encoder", "--drift", "--decoder", "--rank",
                    "--activation", "--shape", "--levels"),
            TrainedFamily.IMAGE, Set.of("--family", "--preset", "--hidden", "--components", "--contexts", "--windows",
                    "--far", "--interval"));
    /**
     * Which pixels of a cell each coupling of a flow changes, in cells whose row and column have an even sum: first
     * those whose neighbours say most of them, then ever coarser grids of what is left, at last the finest again.
     */
    private static final List<Integer> EVEN = List.of(2570, 20560, 41120, 260, 1024, 0, 2570, 20560);
    /** Likewise in the others. */
    private static final List<Integer> ODD = List.of(2570, 20560, 41120, 260, 1024, 1, 2570, 20560);
    /** What an autoencoder does not take, and for which family it is. */
    private static final Map<String, TrainedFamily> OF_OTHERS = Map.of("--states", TrainedFamily.DIFFUSION,
            "--channels", TrainedFamily.DIFFUSION, "--drift", TrainedFamily.SDE, "--contexts", TrainedFamily.IMAGE,
            "--windows", TrainedFamily.IMAGE, "--far", TrainedFamily.IMAGE, "--interval", TrainedFamily.IMAGE);

    @Option(names = "--family", paramLabel = "vae|chain|diffusion|flow|sde|image",
            converter = Choice.Families.class, completionCandidates = Choice.Families.class,
            description = "vae: an autoencoder, a chain of latents, or neither, as the other options say. chain: an "
                    + "autoencoder whose --latents have several layers (32,16,8 unless given). diffusion: a chain of "
                    + "--states states as large as the record, each with more noise than the one before, and "
                    + "a network of --channels, --blocks, --rank that takes the noise away; for grey pictures. flow: "
                    + "couplings that take a grey picture to normally distributed numbers, by networks of --channels "
                    + "and --blocks. sde: --latents that move in continuous time, by networks of --drift. image: a "
                    + "model of grey and colour images of any size, which goes on learning while it codes (default: "
                    + "vae, or that of --from).")
    TrainedFamily family;

    @Option(names = "--states", paramLabel = "N",
            description = "Of a diffusion model: states after the record, 2 to 64; each costs the network once "
                    + "(default: 24).")
    Integer states;

    @Option(names = "--channels", paramLabel = "N",
            description = "Numbers that the network of a diffusion model keeps of every 2 by 2 pixels, or those of a "
                    + "flow of every 4 by 4 (default: 64).")
    Integer channels;

    @Option(names = "--contexts", paramLabel = "N",
            description = "Of a model of images: contexts of exact values in which it counts, 1 to 6.")
    Integer contexts;

    @Option(names = "--windows", paramLabel = "N",
            description = "Of a model of images: least-squares predictions, 1 or 2.")
    Integer windows;

    @Option(names = "--far", paramLabel = "N",
            description = "Of a model of images: neighbours at a distance of two that these use, 2 to 6.")
    Integer far;

    @Option(names = "--interval", paramLabel = "N",
            description = "Of a model of images: of so many batches it learns from one while it codes, 1 to 16.")
    Integer interval;

    @Option(names = "--drift", paramLabel = "WIDTHS", converter = Widths.Converter.class,
            description = "Of an sde model: widths of the hidden layers of both drifts (default: 128).")
    Widths drift;

    @Option(names = "--preset", paramLabel = "fast|balanced|best",
            converter = Choice.Presets.class, completionCandidates = Choice.Presets.class,
            description = "How large a model of a kind that suits the shape, the levels and the share of zeros of the "
                    + "records; fast has no latents, best needs hours to train. -v shows the options it stands for "
                    + "(default: balanced).")
    Preset preset;

    @Option(names = "--shape", paramLabel = "EXTENTS", split = ",",
            description = "Shape of the model's records, for example 28,28 for a page of such images below each other "
                    + "(default: that of the file's records).")
    List<Integer> shape;

    @Option(names = "--levels", paramLabel = "2|256",
            description = "Values of a sample (default: 2 if there are only two in sight).")
    Integer levels;

    @Option(names = "--latents", split = ",", paramLabel = "N",
            description = "Latents; 0 for a model without. With several numbers, those of the layers of a chain, the "
                    + "one nearest to the samples first.")
    List<Integer> latents;

    @Option(names = "--prior", paramLabel = "WIDTHS", converter = Widths.Converter.class,
            description = "Widths of the hidden layers from one layer of a chain of latents to the next "
                    + "(default: 64).")
    Widths prior;

    @Option(names = "--posterior", paramLabel = "WIDTHS", converter = Widths.Converter.class,
            description = "Widths of the hidden layers between the encoder and what it says of a layer of a chain of "
                    + "latents, by which the layer's prior is multiplied (default: none).")
    Widths posterior;

    @Option(names = "--encoder", paramLabel = "WIDTHS", converter = Widths.Converter.class,
            description = "Widths of the encoder's hidden layers.")
    Widths encoder;

    @Option(names = "--decoder", paramLabel = "WIDTHS", converter = Widths.Converter.class,
            description = "Widths of the decoder's hidden layers.")
    Widths decoder;

    @Option(names = "--features",
            description = "Features of each sample that the decoder gives (default: 4).")
    Integer features;

    @Option(names = "--hidden", paramLabel = "WIDTHS", converter = Widths.Converter.class,
            description = "Widths of the hidden layers that see a sample's neighbours.")
    Widths hidden;

    @Option(names = "--activation", paramLabel = "elu|sqlu",
            converter = Choice.Activations.class, completionCandidates = Choice.Activations.class,
            description = "What follows the hidden layers of all networks; sqlu is faster (default: elu).")
    Activation activation;

    @Option(names = "--radius",
            description = "Neighbours to the left and right; with --rows 0 too, none.")
    Integer radius;

    @Option(names = "--rows", description = "Rows of neighbours above.")
    Integer rows;

    @Option(names = "--marks", arity = "0..1", fallbackValue = "true", paramLabel = "BOOL",
            description = "Tell blank neighbours from others (default: if many samples are 0).")
    Boolean marks;

    @Option(names = "--relative", arity = "0..1", fallbackValue = "true", paramLabel = "BOOL",
            description = "Tell neighbours, and means of logistics, relative to the nearest neighbours (default: if "
                    + "samples have channels and their likelihood is a mixture).")
    Boolean relative;

    @Option(names = "--blocks", paramLabel = "N",
            description = "Residual convolutions over the first hidden layer.")
    Integer blocks;

    @Option(names = "--block-radius", paramLabel = "N",
            description = "Pixels to the left and to the right that each of them sees (default: 1).")
    Integer blockRadius;

    @Option(names = "--block-rows", paramLabel = "N",
            description = "Rows above that each of them sees (default: 1).")
    Integer blockRows;

    @Option(names = "--components", paramLabel = "N",
            description = "The likelihood is a mixture of so many logistics: for smooth pictures.")
    Integer components;

    @Option(names = "--hurdle", paramLabel = "WIDTHS|" + HurdleOption.ON_TRUNK,
            converter = HurdleOption.Converter.class,
            description = "The likelihood is a hurdle: a network of its own, with hidden layers of these widths, says "
                    + "whether a sample is 0; the other one is then used for the rest alone. Or, with '"
                    + HurdleOption.ON_TRUNK
                    + "', the first of the --hidden layers, with its --blocks, serves both. For "
                    + "records that are mostly 0.")
    HurdleOption hurdle;

    @Option(names = "--rank",
            description = "Rank of the table of levels, of a hurdle or, without one, of all levels (default: 16).")
    Integer rank;

    @Option(names = "--palette", paramLabel = "N",
            description = "Outputs that raise the levels which a record has had once, twice, ..., N times or more: for "
                    + "pictures of few levels each. With --rank or --hurdle; a model of --from may be given one "
                    + "(default: 0).")
    Integer palette;

    /** What is used where neither the user nor a preset chooses. */
    private static ArchitectureOptions defaults() {
        ArchitectureOptions o = new ArchitectureOptions();
        o.latents = List.of(0);
        o.prior = Widths.of(64);
        o.posterior = Widths.of();
        o.encoder = Widths.of(128);
        o.decoder = Widths.of(128);
        o.features = 4;
        o.hidden = Widths.of(64, 64);
        o.activation = Activation.ELU;
        o.radius = 0;
        o.rows = 0;
        o.blocks = 0;
        o.blockRadius = 1;
        o.blockRows = 1;
        o.hurdle = HurdleOption.NONE;
        o.rank = 16;
        o.palette = 0;
        return o;
    }

    /** The palette that the user wants the model to have. */
    public OptionalInt palette() {
        return palette == null ? OptionalInt.empty() : OptionalInt.of(palette);
    }

    /** The shape that the records are to have. */
    public Optional<List<Integer>> shape() {
        return Optional.ofNullable(shape);
    }

    /** The number of levels that the samples are to have. */
    public OptionalInt levels() {
        return levels == null ? OptionalInt.empty() : OptionalInt.of(levels);
    }

    /** An option that says what a model is like, and does not go with a model to start from; empty if there is none. */
    public Optional<String> fixed() {
        return given().stream().filter(name -> !name.equals("--palette") && !name.equals("--family")).findFirst();
    }

    /**
     * What the preset chooses of that which the user leaves open.
     *
     * @param records the records, with the levels that the model sees
     * @param modelLevels levels that the model sees
     */
    public Preset.Chosen preset(TrainingRecords records, int modelLevels) {
        return switch (wanted()) {
            case VAE, CHAIN -> vaePreset(records, modelLevels);
            case DIFFUSION -> Preset.diffusion(states);
            case FLOW -> Preset.flow();
            case SDE -> Preset.sde();
            case IMAGE -> imagePreset();
        };
    }

    private Preset.Chosen vaePreset(TrainingRecords records, int modelLevels) {
        List<Integer> extents = records.shape();
        Preset.Kind kind = !isPicture(extents) ? Preset.Kind.OTHER : modelLevels == 2 ? Preset.Kind.TWO_VALUED
                : extents.size() == 3 ? Preset.Kind.COLOUR
                        : records.zeros() >= HURDLE_FROM ? Preset.Kind.BLANK : Preset.Kind.GREY;
        Preset.Chosen choice = (preset == null ? Preset.BALANCED : preset).choose(kind, extents);
        ArchitectureOptions chosen = choice.architecture();
        if (components != null || hurdle != null || rank != null) {
            // Another likelihood than the preset's.
            chosen.components = null;
            chosen.hurdle = null;
            chosen.rank = null;
            chosen.palette = null;
            if (components == null) {
                chosen.relative = null;
            }
        }
        if (hurdle != null && !sharesTrunk(hurdle)) {
            chosen.blocks = null;
        }
        if (blocks != null && !sharesTrunk(chosen.hurdle)) {
            chosen.hurdle = null;
        }
        return choice;
    }

    private static boolean sharesTrunk(HurdleOption hurdle) {
        return hurdle != null && hurdle.kind() == HurdleOption.Kind.TRUNK;
    }

    private static boolean isPicture(List<Integer> extents) {
        return extents.size() == 2 || extents.size() == 3 && extents.get(2) >= 2 && extents.get(2) <= 4;
    }

    /** Whether the user wants a model of images of any size. */
    public boolean images() {
        return family == TrainedFamily.IMAGE;
    }

    /** Whether the user wants a model of a kind that is not one of images. */
    public boolean records() {
        return family != null && !images();
    }

    /** What the preset chooses of that which the user leaves open, for a model of images. */
    public Preset.Chosen imagePreset() {
        return (preset == null ? Preset.BALANCED : preset).images();
    }

    /**
     * The sizes of a model of images that the user and the preset have chosen.
     *
     * @throws IllegalArgumentException if the options do not fit together
     */
    public ImageShape imageShape(ArchitectureOptions presets) {
        checkOptions();
        fill(presets);
        if (hidden.list().size() != 1) {
            throw new IllegalArgumentException("--hidden of a model of images is one number: that of both layers");
        }
        return new ImageShape(hidden.list().get(0), components, contexts, windows, far, interval);
    }

    /** Whether the user wants an autoencoder, a chain of latents, or neither. */
    public boolean vae() {
        return wanted() == TrainedFamily.VAE || wanted() == TrainedFamily.CHAIN;
    }

    private TrainedFamily wanted() {
        return family == null ? TrainedFamily.VAE : family;
    }

    private void checkOptions() {
        for (String option : given()) {
            TrainedFamily owner = OF_OTHERS.get(option);
            if (vae() && owner != null) {
                throw new IllegalArgumentException(option + " goes with --family " + Choice.name(owner));
            }
            if (!vae() && !OPTIONS.get(family).contains(option)) {
                throw new IllegalArgumentException(option + " does not go with --family " + Choice.name(family));
            }
        }
    }

    /**
     * The model that the user and the preset have chosen, of any family.
     *
     * @param records what it is trained on
     * @param modelLevels levels that the model sees
     * @throws IllegalArgumentException if the options do not fit together
     */
    public Description description(String name, TrainingRecords records, int modelLevels,
            ArchitectureOptions presets) {
        checkOptions();
        if (!vae() && modelLevels != DiffusionSpec.LEVELS) {
            throw new IllegalArgumentException(
                    "a model of the family " + Choice.name(family) + " is for samples of 256 levels");
        }
        if (family == TrainedFamily.CHAIN) {
            latents = latents == null ? LAYERS : latents;
            if (latents.size() < 2) {
                throw new IllegalArgumentException("--latents of a chain are several numbers, one for each layer");
            }
        }
        fill(presets);
        return switch (wanted()) {
            case VAE, CHAIN -> spec(name, records, modelLevels);
            case DIFFUSION ->
                    new DiffusionSpec(name, records.shape(), states, channels, blocks, rank, activation);
            case FLOW -> new FlowSpec(name, records.shape(), EVEN, ODD, channels, blocks, activation);
            case SDE -> sde(name, records);
            case IMAGE -> throw new IllegalArgumentException("a model of images is not one of records");
        };
    }

    private SdeSpec sde(String name, TrainingRecords records) {
        if (latents.size() != 1) {
            throw new IllegalArgumentException("--latents of an sde model is one number");
        }
        return new SdeSpec(name, records.shape(), latents.get(0), encoder.list(), drift.list(), decoder.list(), rank,
                activation);
    }

    /** The autoencoder, for records with the levels that the model sees. */
    private ModelSpec spec(String name, TrainingRecords records, int modelLevels) {
        fill(defaults());
        List<Integer> extents = records.shape();
        boolean mixture = modelLevels > 2 && components != null;
        boolean relation = relative != null ? relative : extents.size() == 3 && mixture;
        Optional<Window> window = radius + rows == 0 || !isPicture(extents) ? Optional.empty()
                : Optional.of(new Window(radius, rows, relation ? Window.View.RELATIVE
                        : (marks != null ? marks : modelLevels > 2 && records.zeros() > MARKS_FROM)
                                ? Window.View.MARKED
                                : Window.View.PLAIN));
        Optional<Blocks> convolutions = blocks == 0 || window.isEmpty() ? Optional.empty()
                : Optional.of(new Blocks(blocks, blockRadius, blockRows));
        PredictorSpec head = new PredictorSpec(window, convolutions, hidden.list());
        if (palette > 0 && (mixture || modelLevels == 2)) {
            throw new IllegalArgumentException("--palette goes with --rank or --hurdle, for samples of 256 levels");
        }
        Likelihood likelihood = modelLevels == 2 ? new BernoulliLikelihood(head)
                : mixture ? new MixtureLikelihood(head, components)
                        : hurdle.kind() == HurdleOption.Kind.NONE
                                ? new CategoricalLikelihood(head, rank, palette)
                                : new HurdleLikelihood(head, hurdle.widths().list(), rank, palette);
        List<Integer> layers = latents.equals(List.of(0)) ? List.of() : latents;
        boolean none = layers.isEmpty();
        return new ModelSpec(name, extents, modelLevels, layers,
                none ? Optional.empty() : Optional.of(new ModelSpec.Encoder(encoder.list())),
                Collections.nCopies(Math.max(0, layers.size() - 1),
                        new Transition(prior.list(), Transition.Backward.PRODUCT,
                                posterior.list())),
                none ? Optional.empty() : Optional.of(new ModelSpec.Decoder(decoder.list(), features)), likelihood,
                activation);
    }
}
