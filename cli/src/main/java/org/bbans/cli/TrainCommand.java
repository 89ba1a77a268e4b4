package org.bbans.cli;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.SampleFormat;
import org.bbans.model.ModelFile;
import org.bbans.model.ModelSpec;
import org.bbans.model.gzip.GzipWrapping;
import org.bbans.model.layout.LayoutDetector;
import org.bbans.model.layout.RecordShape;
import org.bbans.model.layout.Records;
import org.bbans.model.train.Trainer;
import org.bbans.model.train.TrainingListener;
import org.bbans.model.train.TrainingOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bbans train}. */
@Command(name = "train", mixinStandardHelpOptions = true, sortOptions = false,
        description = {
            "Train a model on the records of a file, and write it as a safetensors file for 'bbans compress --model'.",
            "The last records are kept aside to measure on (--validation). A training with --work can be interrupted: "
                + "the same command continues it. Progress is the negative ELBO in bits per dimension, about what "
                + "files of many such records will take."})
final class TrainCommand implements Callable<Integer> {

    private static final double MARKS_FROM = 0.25;
    private static final List<String> ARCHITECTURE = List.of("--shape", "--levels", "--latents", "--prior",
            "--posterior", "--encoder", "--decoder", "--features", "--hidden", "--radius", "--rows", "--marks",
            "--relative", "--blocks", "--block-radius", "--block-rows", "--hurdle", "--rank", "--components");

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Parameters(index = "0", arity = "0..1", paramLabel = "IN",
            description = "File of records: IDX, NPY, PGM, PPM, PBM or CIFAR, gzipped or not.")
    private String in;

    @Option(names = "--data", hidden = true, description = "The same as IN; training records name it so.")
    private String data;

    @Option(names = {"-o", "--out"}, required = true, paramLabel = "MODEL", description = "Model file to write.")
    private Path out;

    @Option(names = {"-f", "--force"}, description = "Overwrite MODEL if it exists.")
    private boolean force;

    @Option(names = "--minutes", paramLabel = "M", description = "How long to train (default: 20 minutes).")
    private double minutes;

    @Option(names = "--steps", paramLabel = "N", description = "How long to train, in steps instead.")
    private long steps;

    @Option(names = "--name", description = "The model's name (default: the name of MODEL).")
    private String name;

    @Option(names = "--from", paramLabel = "NAME|FILE",
            description = "Start from the weights of a built-in model or a model file, with its architecture.")
    private String from;

    @Option(names = "--record-shape", paramLabel = "SHAPE", description = "As for 'bbans compress'.")
    private String recordShape;

    @Option(names = "--skip", paramLabel = "BYTES", defaultValue = "0", description = "As for 'bbans compress'.")
    private long skip;

    @Option(names = "--shape", paramLabel = "EXTENTS", split = ",",
            description = "Shape of the model's records, for example 28,28 for a page of such images below each other "
                + "(default: that of the file's records).")
    private List<Integer> shape;

    @Option(names = "--levels", paramLabel = "2|256",
            description = "Values of a sample (default: 2 if there are only two in sight).")
    private Integer levels;

    @Option(names = "--latents", defaultValue = "32", split = ",", paramLabel = "N",
            description = "Latents; 0 for a model without. With several numbers, those of the layers of a chain, the "
                + "one nearest to the samples first (default: ${DEFAULT-VALUE}).")
    private List<Integer> latents;

    @Option(names = "--prior", defaultValue = "64", paramLabel = "WIDTHS",
            description = "Widths of the hidden layers from one layer of a chain of latents to the next "
                + "(default: ${DEFAULT-VALUE}).")
    private String prior;

    @Option(names = "--posterior", defaultValue = "128", paramLabel = "WIDTHS",
            description = "The same for the posterior, which sees the encoder too (default: ${DEFAULT-VALUE}).")
    private String posterior;

    @Option(names = "--encoder", defaultValue = "256,256", paramLabel = "WIDTHS",
            description = "Widths of the encoder's hidden layers (default: ${DEFAULT-VALUE}).")
    private String encoder;

    @Option(names = "--decoder", defaultValue = "256", paramLabel = "WIDTHS",
            description = "Widths of the decoder's hidden layers (default: ${DEFAULT-VALUE}).")
    private String decoder;

    @Option(names = "--features", defaultValue = "4",
            description = "Features of each sample that the decoder gives (default: ${DEFAULT-VALUE}).")
    private int features;

    @Option(names = "--hidden", defaultValue = "64,64", paramLabel = "WIDTHS",
            description = "Widths of the hidden layers that see a sample's neighbours (default: ${DEFAULT-VALUE}).")
    private String hidden;

    @Option(names = "--radius", defaultValue = "5",
            description = "Neighbours to the left and right; with --rows 0 too, none (default: ${DEFAULT-VALUE}).")
    private int radius;

    @Option(names = "--rows", defaultValue = "5", description = "Rows of neighbours above (default: ${DEFAULT-VALUE}).")
    private int rows;

    @Option(names = "--marks", arity = "0..1", fallbackValue = "true", paramLabel = "BOOL",
            description = "Tell blank neighbours from others (default: if many samples are 0).")
    private Boolean marks;

    @Option(names = "--relative", arity = "0..1", fallbackValue = "true", paramLabel = "BOOL",
            description = "Tell neighbours, and means of logistics, relative to the nearest neighbours (default: if "
                + "samples have channels and --components is given).")
    private Boolean relative;

    @Option(names = "--blocks", defaultValue = "0", paramLabel = "N",
            description = "Residual convolutions over the first hidden layer (default: ${DEFAULT-VALUE}).")
    private int blocks;

    @Option(names = "--block-radius", defaultValue = "1", paramLabel = "N",
            description = "Pixels to the left and to the right that each of them sees (default: ${DEFAULT-VALUE}).")
    private int blockRadius;

    @Option(names = "--block-rows", defaultValue = "1", paramLabel = "N",
            description = "Rows above that each of them sees (default: ${DEFAULT-VALUE}).")
    private int blockRows;

    @Option(names = "--hurdle", paramLabel = "WIDTHS",
            description = "A network of its own, with hidden layers of these widths, says whether a sample is 0; the "
                + "other one is then used for the rest alone. For records that are mostly 0.")
    private String hurdle;

    @Option(names = "--rank", defaultValue = "16",
            description = "Rank of the table of levels (default: ${DEFAULT-VALUE}).")
    private int rank;

    @Option(names = "--components", paramLabel = "N",
            description = "A mixture of so many logistics instead of the table.")
    private Integer components;

    @Option(names = "--binarise", arity = "0..1", fallbackValue = "true", defaultValue = "false", paramLabel = "BOOL",
            description = "Draw two-valued records from grey ones, anew in every epoch.")
    private boolean binarise;

    @Option(names = "--shift", defaultValue = "0", description = "Move records by up to so many samples at random.")
    private int shift;

    @Option(names = "--flip", arity = "0..1", fallbackValue = "true", defaultValue = "false", paramLabel = "BOOL",
            description = "Mirror half of the records, left to right.")
    private boolean flip;

    @Option(names = "--dropout", defaultValue = "0",
            description = "Fraction of the samples that the encoder does not see.")
    private double dropout;

    @Option(names = "--holdout", defaultValue = "0", paramLabel = "N",
            description = "Records at the end that are not looked at at all.")
    private int holdout;

    @Option(names = "--validation", paramLabel = "N",
            description = "Records before those to measure on (default: a tenth, at most 3000).")
    private Integer validation;

    @Option(names = "--batch", defaultValue = "64", description = "Records in a step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--positions", defaultValue = "128", paramLabel = "N",
            description = "Samples of each record that a step looks at (default: ${DEFAULT-VALUE}).")
    private int positions;

    @Option(names = "--rate", description = "Learning rate (default: 0.005; 0.002 with --from).")
    private Double rate;

    @Option(names = "--warmup", paramLabel = "STEPS",
            description = "Steps over which the rate rises (default: 300; 100 with --from).")
    private Integer warmup;

    @Option(names = "--kl-warmup", paramLabel = "STEPS",
            description = "Steps over which the weight of the KL divergence rises (default: 2000; 0 with --from).")
    private Integer klWarmup;

    @Option(names = "--free-bits", defaultValue = "0", paramLabel = "BITS",
            description = "Bits of each latent that cost nothing.")
    private double freeBits;

    @Option(names = "--average", defaultValue = "0.999", description = "Decay of the average of the weights "
            + "(default: ${DEFAULT-VALUE}).")
    private double average;

    @Option(names = "--clip", defaultValue = "1", paramLabel = "NORM",
            description = "Largest norm of a gradient (default: ${DEFAULT-VALUE}).")
    private double clip;

    @Option(names = "--seed", defaultValue = "1",
            description = "Seed of everything random (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--work", paramLabel = "DIR",
            description = "Folder for checkpoints, from which an interrupted training "
            + "continues.")
    private Path work;

    @Option(names = "--report", paramLabel = "DIR", description = "Folder for a report with pictures.")
    private Path report;

    /** The records of the input: their layout as the model sees them. */
    private record Source(String name, String sha256, byte[] content, Layout layout) {

        int records() {
            return Math.toIntExact(layout.records(content.length));
        }
    }

    @Override
    public Integer call() throws IOException {
        if ((in == null) == (data == null)) {
            throw usage("name one file of records");
        }
        if (Files.exists(out) && !force) {
            throw new FileException(out.toString(), "exists already; add -f to overwrite it, or name another output");
        }
        Optional<ModelFile> start = start();
        Source source = source(in != null ? in : data, start.map(ModelFile::spec));
        Path idx = idx(source);
        PrintStream standardOutput = System.out;
        try {
            // ND4J reports every derivative there.
            System.setOut(new PrintStream(OutputStream.nullOutputStream()));
            TrainingOptions options = options(source, idx, start);
            common.note(source.name() + ": " + source.records() + " records; " + options.spec().toJson());
            ModelFile model = Trainer.run(options, new Lines());
            common.note(String.format(Locale.ROOT, "%s: %,d bytes; use it with 'bbans compress --model %s'", out,
                    model.sizeInBytes(), out));
            return 0;
        } catch (NoClassDefFoundError e) {
            throw new FileException("train",
                    "training needs ND4J, which is not on the class path; run ./bbans train in the "
                    + "source tree");
        } catch (IOException e) {
            // The trainer's messages begin with the file.
            String text = String.valueOf(e.getMessage());
            throw text.startsWith(idx + ": ") ? new FileException(source.name(), text.substring((idx + ": ").length()))
                    : FileException.of(out.toString(), e);
        } finally {
            System.setOut(standardOutput);
            Temporaries.delete(idx);
        }
    }

    private ParameterException usage(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }

    /** The model to start from. */
    private Optional<ModelFile> start() throws FileException {
        if (from == null) {
            return Optional.empty();
        }
        for (String option : ARCHITECTURE) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw usage(option + " cannot be given together with --from: the architecture is that of the model");
            }
        }
        return new Models(from).named();
    }

    private Source source(String file, Optional<ModelSpec> model) throws IOException {
        byte[] content;
        try (InputFile input = InputFile.open(file); InputStream stream = input.stream()) {
            content = stream.readAllBytes();
        }
        String sha256 = sha256(content);
        if (GzipWrapping.looksLikeGzip(content, content.length)) {
            try (InputStream gzip = new GZIPInputStream(new ByteArrayInputStream(content))) {
                content = gzip.readAllBytes();
            } catch (IOException e) {
                throw new FileException(file, "is a damaged gzip file; get a complete copy");
            }
        }
        Records records = records(file, content);
        Optional<SampleFormat.TwoValued> two = binarise ? Optional.empty()
                : records.twoValues(content, content.length);
        if (model.isPresent()) {
            shape = model.get().shape();
            levels = model.get().levels();
            if (levels != (binarise || two.isPresent() && levels == 2 ? 2 : records.format().levels())) {
                throw unsuitable(file, model.get());
            }
        } else if (levels == null) {
            levels = binarise || records.format().levels() == 2 || two.isPresent() ? 2 : 256;
        }
        if (levels != 2 && levels != 256) {
            throw usage("--levels must be 2 or 256");
        }
        if (levels == 2) {
            records = two.map(records::withFormat).orElse(records);
        }
        Optional<Layout> layout = shape == null ? records.layout()
                : records.as(shape.stream().mapToInt(Integer::intValue).toArray());
        if (layout.isEmpty() && model.isPresent()) {
            throw unsuitable(file, model.get());
        }
        return new Source(file, sha256, content, layout.orElseThrow(() -> new FileException(file,
                "its records cannot be read in this shape; leave --shape out, or describe them with --record-shape")));
    }

    private FileException unsuitable(String file, ModelSpec model) {
        return new FileException(file, "--from " + Models.describe(model) + "; there are no such records here; "
                + (model.levels() == 2 && !binarise ? "add --binarise, or leave --from out" : "leave --from out"));
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private Records records(String file, byte[] content) throws FileException {
        try {
            return recordShape != null ? RecordShape.parse(recordShape, skip)
                    : LayoutDetector.detect(content, content.length, content.length).orElseThrow(() ->
                        new FileException(file, "no records found; describe them with --record-shape"));
        } catch (IllegalArgumentException e) {
            throw usage("--record-shape: " + e.getMessage());
        }
    }

    /** Writes the records as the trainer reads them: IDX, one byte for each level. */
    private static Path idx(Source source) throws IOException {
        Layout layout = source.layout();
        byte[] samples = ModelChooser.samples(layout, source.content(), source.records());
        if (samples == null) {
            throw new FileException(source.name(), "some of its records do not fit their format; leave them out");
        }
        Path file = Temporaries.create(Path.of(System.getProperty("java.io.tmpdir")));
        int[] extents = layout.shape();
        ByteBuffer header = ByteBuffer.allocate(8 + 4 * extents.length).putInt(0x800 | extents.length + 1)
                .putInt(source.records());
        Arrays.stream(extents).forEach(header::putInt);
        try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(file))) {
            stream.write(header.array());
            stream.write(samples);
        }
        return file;
    }

    private TrainingOptions options(Source source, Path idx, Optional<ModelFile> start) {
        try {
            int measured = validation != null ? validation : Math.max(1, Math.min(3000, source.records() / 10));
            double length = steps > 0 || minutes > 0 ? minutes : 20;
            ModelSpec model = start.isEmpty() ? architecture(source)
                    : start.get().spec().withName(name != null ? name : name(out));
            int looked = model.likelihood().blocks().isPresent() ? model.pixels()
                    : Math.min(positions, model.pixels());
            return new TrainingOptions(model, start,
                    new TrainingOptions.Source(idx, Path.of(source.name()).getFileName().toString(), source.sha256(),
                            holdout, measured),
                    new TrainingOptions.Variation(binarise, shift, flip, dropout), batch, looked,
                    new TrainingOptions.Schedule(length, steps, or(rate, start.isEmpty() ? 0.005 : 0.002),
                            or(warmup, start.isEmpty() ? 300 : 100), or(klWarmup, start.isEmpty() ? 2000 : 0),
                            freeBits, average, clip), seed,
                    common.threads(), out, Optional.ofNullable(work), Optional.ofNullable(report), commandLine());
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private static <T> T or(T given, T otherwise) {
        return given != null ? given : otherwise;
    }

    private ModelSpec architecture(Source source) {
        List<Integer> extents = Arrays.stream(source.layout().shape()).boxed().toList();
        boolean image = extents.size() == 2 || extents.size() == 3 && extents.get(2) >= 2 && extents.get(2) <= 4;
        boolean relation = relative != null ? relative : extents.size() == 3 && components != null;
        Optional<ModelSpec.Window> window = radius + rows == 0 || !image ? Optional.empty()
                : Optional.of(new ModelSpec.Window(radius, rows, relation ? ModelSpec.View.RELATIVE
                : (marks != null ? marks : levels == 256 && isMostlyBlank(source)) ? ModelSpec.View.MARKED
                : ModelSpec.View.PLAIN));
        Optional<ModelSpec.Blocks> convolutions = blocks == 0 || window.isEmpty() ? Optional.empty()
                : Optional.of(new ModelSpec.Blocks(blocks, blockRadius, blockRows));
        ModelSpec.Head head = new ModelSpec.Head(window, convolutions, widths(hidden));
        ModelSpec.Likelihood likelihood = levels == 2 ? new ModelSpec.Bernoulli(head)
                : components != null ? new ModelSpec.LogisticMixture(head, components)
                : hurdle != null ? new ModelSpec.Hurdle(head, widths(hurdle), rank)
                : new ModelSpec.Categorical(head, rank);
        List<Integer> layers = latents.equals(List.of(0)) ? List.of() : latents;
        boolean none = layers.isEmpty();
        return new ModelSpec(name != null ? name : name(out), extents, levels, layers,
                none ? Optional.empty() : Optional.of(new ModelSpec.Encoder(widths(encoder))),
                Collections.nCopies(Math.max(0, layers.size() - 1),
                        new ModelSpec.Transition(widths(prior), widths(posterior))),
                none ? Optional.empty() : Optional.of(new ModelSpec.Decoder(widths(decoder), features)), likelihood);
    }

    private static boolean isMostlyBlank(Source source) {
        if (!source.layout().format().equals(SampleFormat.U8)) {
            return false;
        }
        long zeros = 0;
        for (byte b : source.content()) {
            zeros += b == 0 ? 1 : 0;
        }
        return zeros > MARKS_FROM * source.content().length;
    }

    private List<Integer> widths(String text) {
        try {
            return text.isBlank() ? List.of() : Arrays.stream(text.split(",")).map(s -> Integer.valueOf(s.strip()))
                    .toList();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a list of widths; write for example 64,64");
        }
    }

    private static String name(Path model) {
        String file = model.getFileName().toString();
        int dot = file.lastIndexOf('.');
        return dot > 0 ? file.substring(0, dot) : file;
    }

    /** The command for the training record, without directories. */
    private String commandLine() {
        return "bbans train " + spec.commandLine().getParseResult().originalArgs().stream()
                .map(a -> a.substring(a.lastIndexOf('/') + 1)).collect(Collectors.joining(" "));
    }

    /** Prints the progress: one line that changes on a terminal, a line now and then elsewhere. */
    private final class Lines implements TrainingListener {

        private static final double EVERY_MINUTES = 1;

        private double next;

        @Override
        public void progress(Progress p) {
            boolean measured = !Double.isNaN(p.validation());
            if (common.quiet() || !Terminal.hasError() && !measured && p.minutes() < next) {
                return;
            }
            next = p.minutes() + EVERY_MINUTES;
            String train = Double.isNaN(p.train()) ? "" : String.format(Locale.ROOT, "  train %.4f", p.train());
            String line = String.format(Locale.ROOT, "step %d  %5.1f %%%s%s  bits/dim  %s left", p.step(),
                    100 * p.fraction(), train, measured ? String.format(Locale.ROOT,
                    "  validation %.4f  (KL %.1f bits/record)", p.validation(), p.kl()) : "", clock(p.minutesLeft()));
            if (Terminal.hasError()) {
                System.err.print("\r" + line + "\u001B[K" + (measured ? System.lineSeparator() : ""));
            } else {
                System.err.println(line);
            }
        }

        private String clock(double left) {
            long seconds = Double.isNaN(left) ? 0 : Math.round(60 * left);
            return String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
        }
    }
}
