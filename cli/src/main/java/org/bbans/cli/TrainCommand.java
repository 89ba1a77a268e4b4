package org.bbans.cli;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.bbans.cli.io.FileException;
import org.bbans.cli.io.InputFile;
import org.bbans.cli.io.Temporaries;
import org.bbans.cli.io.Terminal;
import org.bbans.cli.train.ArchitectureOptions;
import org.bbans.cli.train.Preset;
import org.bbans.cli.train.ScheduleOptions;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.content.Records;
import org.bbans.codec.content.gzip.GzipWrapping;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.SampleFormat;
import org.bbans.model.ModelChooser;
import org.bbans.model.file.ModelFile;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.train.Trainer;
import org.bbans.model.train.TrainingListener;
import org.bbans.model.train.TrainingOptions;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code bbans train}. */
@Command(name = "train", mixinStandardHelpOptions = true, sortOptions = false,
        description = {
            "Train a model on the records of a file, and write it as a safetensors file for 'bbans compress --model'.",
            "The last records are kept aside to measure on (--validation). A training with --work can be interrupted: "
                + "the same command continues it. Progress is the negative ELBO in bits per dimension, about what "
                + "files of many such records will take."})
final class TrainCommand implements Callable<Integer> {

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

    @Mixin
    private RecordOptions recordOptions;

    @Option(names = "--holdout", defaultValue = "0", paramLabel = "N",
            description = "Records at the end that are not looked at at all.")
    private int holdout;

    @Option(names = "--validation", paramLabel = "N",
            description = "Records before those to measure on (default: a tenth, at most 3000).")
    private Integer validation;

    @Option(names = "--seed", defaultValue = "1",
            description = "Seed of everything random (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--work", paramLabel = "DIR",
            description = "Folder for checkpoints, from which an interrupted training continues.")
    private Path work;

    @Option(names = "--report", paramLabel = "DIR", description = "Folder for a report with pictures.")
    private Path report;

    @Option(names = "--from", paramLabel = "NAME|FILE",
            description = "Start from the weights of a built-in model or a model file, with its architecture and a "
                + "lower --rate.")
    private String from;

    @ArgGroup(validate = false, heading = "%nArchitecture. What is not given here, the preset chooses:%n")
    private ArchitectureOptions architecture = new ArchitectureOptions();

    @ArgGroup(validate = false, heading = "%nHow to train. What is not given here, the preset may choose:%n")
    private ScheduleOptions schedule = new ScheduleOptions();

    /**
     * The records of the input.
     *
     * @param name the file
     * @param sha256 of the file
     * @param layout of the records as the model sees them
     * @param levels that the model sees
     * @param samples of all records, one byte each
     */
    private record Source(String name, String sha256, Layout layout, int levels, byte[] samples) {

        int records() {
            return (int) (samples.length / layout.dims());
        }

        /** Share of the samples that are 0. */
        double zeros() {
            long zeros = 0;
            for (byte sample : samples) {
                zeros += sample == 0 ? 1 : 0;
            }
            return (double) zeros / Math.max(1, samples.length);
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
        Path directory = out.toAbsolutePath().getParent();
        if (!Files.isDirectory(directory)) {
            throw new FileException(directory.toString(), "is no directory; create it before hours of training");
        }
        if (minutes < 0 || steps < 0) {
            throw usage("--minutes and --steps must not be negative");
        }
        Optional<ModelFile> start = start();
        Source source = source(in != null ? in : data, start.map(ModelFile::spec));
        String command = commandLine();
        applyPreset(source, start.map(ModelFile::spec));
        Path idx = idx(source);
        PrintStream standardOutput = System.out;
        try {
            // ND4J reports every derivative there.
            System.setOut(new PrintStream(OutputStream.nullOutputStream()));
            TrainingOptions options = options(source, idx, start, command);
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
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
            if (option.userObject() instanceof Field field && field.getDeclaringClass() == ArchitectureOptions.class
                    && !option.longestName().equals("--palette")) {
                throw usage(option.longestName() + " cannot be given together with --from: the architecture is that of "
                        + "the model");
            }
        }
        return new ModelCatalogue(from).named();
    }

    /** Parses the command line again, with other defaults for what it leaves open. */
    private void applyPreset(Source source, Optional<ModelSpec> start) {
        ParseResult parsed = spec.commandLine().getParseResult();
        Map<String, String> options = start.map(Preset::further).orElseGet(() -> architecture.presets(
                source.layout().shape(), source.levels(), source.zeros(), parsed::hasMatchedOption));
        common.detail("options not given: " + options.entrySet().stream().map(o -> o.getKey() + " " + o.getValue())
                .collect(Collectors.joining(" ")));
        List<String> args = parsed.originalArgs();
        spec.commandLine().setDefaultValueProvider(arg ->
                arg instanceof OptionSpec option ? options.get(option.longestName()) : null);
        spec.commandLine().parseArgs(args.subList(args.indexOf(spec.name()) + 1, args.size()).toArray(String[]::new));
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
        boolean binarise = schedule.binarise();
        Optional<SampleFormat.TwoValued> two = binarise ? Optional.empty()
                : records.twoValues(content, content.length);
        int levels = model.map(ModelSpec::levels).orElse(architecture.levels()
                .orElse(binarise || records.format().levels() == 2 || two.isPresent() ? 2 : 256));
        if (model.isPresent() && levels != (binarise || levels == 2 && two.isPresent() ? 2
                : records.format().levels())) {
            throw unsuitable(file, model.get());
        }
        if (levels != 2 && levels != 256) {
            throw usage("--levels must be 2 or 256");
        }
        if (levels == 2) {
            records = two.map(records::withFormat).orElse(records);
        }
        Optional<List<Integer>> shape = model.map(ModelSpec::shape).or(architecture::shape);
        Layout layout = (shape.isEmpty() ? records.layout()
                : records.as(shape.get().stream().mapToInt(Integer::intValue).toArray())).orElseThrow(() ->
                    model.isPresent() ? unsuitable(file, model.get()) : new FileException(file, "its records cannot be "
                        + "read in this shape; leave --shape out, or describe them with --record-shape"));
        byte[] samples = ModelChooser.samples(layout, content, Math.toIntExact(layout.records(content.length)));
        if (samples == null) {
            throw new FileException(file, "some of its records do not fit their format; leave them out");
        }
        return new Source(file, sha256, layout, levels, samples);
    }

    private FileException unsuitable(String file, ModelSpec model) {
        return new FileException(file, "--from " + ModelCatalogue.describe(model) + "; there are no such records here; "
                + (model.levels() == 2 && !schedule.binarise() ? "add --binarise, or " : "") + "leave --from out");
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private Records records(String file, byte[] content) throws FileException {
        return recordOptions.described().or(() -> LayoutDetector.detect(content, content.length, content.length))
                .orElseThrow(() -> new FileException(file,
                    "no records found; describe them with --record-shape"));
    }

    /** Writes the records as the trainer reads them: IDX, one byte for each level. */
    private static Path idx(Source source) throws IOException {
        Path file = Temporaries.create(Path.of(System.getProperty("java.io.tmpdir")));
        int[] extents = source.layout().shape();
        ByteBuffer header = ByteBuffer.allocate(8 + 4 * extents.length).putInt(0x800 | extents.length + 1)
                .putInt(source.records());
        Arrays.stream(extents).forEach(header::putInt);
        try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(file))) {
            stream.write(header.array());
            stream.write(source.samples());
        }
        return file;
    }

    private TrainingOptions options(Source source, Path idx, Optional<ModelFile> start, String command) {
        try {
            int measured = validation != null ? validation : Math.max(1, Math.min(3000, source.records() / 10));
            double length = steps > 0 || minutes > 0 ? minutes : 20;
            String called = name != null ? name : name(out);
            ModelSpec model = start.map(s -> s.spec().withName(called).withPalette(palette(s.spec()))).orElseGet(() ->
                    architecture.spec(called, source.layout().shape(), source.levels(), source.zeros()));
            return new TrainingOptions(model, start,
                    new TrainingOptions.Source(idx, Path.of(source.name()).getFileName().toString(), source.sha256(),
                            holdout, measured),
                    schedule.variation(), batch(source.records() - holdout - measured), schedule.positions(model),
                    schedule.schedule(length, steps), seed, common.threads(), out, Optional.ofNullable(work),
                    Optional.ofNullable(report), command);
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    /** The palette of a model that starts as another one: as large, or larger. */
    private int palette(ModelSpec start) {
        int least = start.likelihood().palette();
        if (!spec.commandLine().getParseResult().hasMatchedOption("--palette")) {
            return least;
        }
        if (architecture.palette() < least) {
            throw new IllegalArgumentException("--palette must be at least " + least + ", as " + start.name() + " has");
        }
        return architecture.palette();
    }

    /** Records in a step: no more than there are, unless the user says so. */
    private int batch(int records) {
        return spec.commandLine().getParseResult().hasMatchedOption("--batch") ? schedule.batch()
                : Math.max(1, Math.min(schedule.batch(), records));
    }

    private static String name(Path model) {
        String file = model.getFileName().toString();
        int dot = file.lastIndexOf('.');
        return dot > 0 ? file.substring(0, dot) : file;
    }

    /** The command for the training record, without directories. */
    private String commandLine() {
        return "bbans " + spec.commandLine().getParseResult().originalArgs().stream()
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
