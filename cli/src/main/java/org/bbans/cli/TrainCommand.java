package org.bbans.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.bbans.cli.io.FileException;
import org.bbans.cli.io.FileNames;
import org.bbans.cli.io.ModelCatalogue;
import org.bbans.cli.io.OutputFile;
import org.bbans.cli.io.Terminal;
import org.bbans.cli.train.ArchitectureOptions;
import org.bbans.cli.train.Preset;
import org.bbans.cli.train.ScheduleOptions;
import org.bbans.cli.train.TrainingInputs;
import org.bbans.codec.content.Records;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.SampleFormat;
import org.bbans.model.Model;
import org.bbans.model.ModelChooser;
import org.bbans.model.file.ModelFile;
import org.bbans.model.image.ImageCodec;
import org.bbans.model.image.ImageShape;
import org.bbans.model.spec.Description;
import org.bbans.model.spec.Family;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.train.Trainer;
import org.bbans.model.train.TrainingListener;
import org.bbans.model.train.TrainingOptions;
import org.bbans.model.train.TrainingRecords;
import org.bbans.model.train.image.ImageSet;
import org.bbans.model.train.image.ImageSource;
import org.bbans.model.train.image.ImageTraining;
import org.bbans.model.train.image.ImageTrainingOptions;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bbans train}. */
@Command(mixinStandardHelpOptions = true, sortOptions = false,
        description = {
            "Train a model on records or images, and write it as a safetensors file for 'bbans compress --model'.",
            "The last records, or images from all over, are kept aside to measure on (--validation). "
                    + "A training with --work may be stopped, with "
                    + "Ctrl-C too: the same command continues it. Progress is the negative ELBO in bits per dimension, "
                    + "about what files of many such records will take."})
final class TrainCommand implements Callable<Integer> {

    /** How long a signal waits for the step in hand and its checkpoint. */
    private static final long LONGEST_STOP_SECONDS = 60;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Parameters(arity = "0..*", paramLabel = "IN",
            description = "Files of records, or folders of such files: IDX, NPY, PNG, TIFF, Netpbm, CIFAR and more, in "
                    + "gzip, tar or zip files or not. All records that are alike are trained on; with --family image, "
                    + "images of all shapes.")
    private List<String> in = new ArrayList<>();

    @Option(names = "--data", hidden = true, description = "The same as IN; training records name it so.")
    private String data;

    @Option(names = {"-o", "--out"}, required = true, paramLabel = "MODEL", description = "Model file to write.")
    private Path out;

    @Option(names = {"-f", "--force"}, description = "Overwrite MODEL if it exists.")
    private boolean force;

    @Option(names = "--minutes", paramLabel = "M", description = "How long to train (default: 20 minutes).")
    private Double minutes;

    @Option(names = "--steps", paramLabel = "N", description = "How long to train, in steps instead.")
    private Long steps;

    @Option(names = "--name", description = "The model's name (default: the name of MODEL).")
    private String name;

    @Mixin
    private RecordOptions recordOptions;

    @Option(names = "--holdout", defaultValue = "0", paramLabel = "N",
            description = "Records at the end that are not looked at at all.")
    private int holdout;

    @Option(names = "--validation", paramLabel = "N",
            description = "Records before those to measure on (default: a tenth, at most 3000; of images at most 20, "
                    + "which lie evenly among the others of their size).")
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

    @Override
    public Integer call() throws IOException {
        if (in.isEmpty() == (data == null)) {
            throw usage("name files or folders of records");
        }
        if (Files.exists(out) && !force) {
            throw new FileException(out.toString(), "exists already; add -f to overwrite it, or name another output");
        }
        Path directory = out.toAbsolutePath().getParent();
        if (!Files.isDirectory(directory)) {
            throw new FileException(directory.toString(), "is no directory; create it before hours of training");
        }
        if (minutes != null && !(minutes > 0 && minutes < Double.POSITIVE_INFINITY) || steps != null && steps <= 0) {
            throw usage("--minutes and --steps must be more than 0");
        }
        List<String> names = data == null ? in : List.of(data);
        try (TrainingInputs inputs = new TrainingInputs(names, recordOptions.described(), common.threads(),
                common.messages())) {
            ModelCatalogue models = new ModelCatalogue(from);
            if (architecture.images() || models.namedImages().isPresent()) {
                trainImages(inputs, models);
            } else {
                trainRecords(inputs, names, start(models));
            }
            return 0;
        } catch (FileSystemException e) {
            throw FileException.of(e.getFile(), e);
        } catch (IOException e) {
            throw FileException.of(out.toString(), e);
        }
    }

    private void trainRecords(TrainingInputs inputs, List<String> names, Optional<ModelFile> start)
            throws IOException {
        TrainingRecords records = records(inputs, names, start.map(ModelFile::spec));
        TrainingOptions options = options(inputs.name(), records, start);
        try {
            Trainer trainer = new Trainer(options, new Lines());
            if (train(trainer::stop, () -> trainer.train().map(ModelFile::toBytes)) && report != null) {
                trainer.writeReport(report);
            }
        } catch (NoClassDefFoundError e) {
            throw new FileException("train", "models of this kind need ND4J, which is not part of the distribution: "
                    + "run ./bbans train in the source tree once, and copy cli/target/lib-extra from there to where "
                    + "lib is; --family image needs none");
        }
    }

    private void trainImages(TrainingInputs inputs, ModelCatalogue models) throws IOException {
        ImageTraining training = new ImageTraining(imageOptions(inputs, models), new Lines());
        train(training::stop, training::train);
    }

    private ImageTrainingOptions imageOptions(TrainingInputs inputs, ModelCatalogue models) throws FileException {
        if (report != null) {
            throw usage("--report is for models of the family vae");
        }
        if (architecture.records() || models.named().isPresent()) {
            throw usage("--from " + from + (models.named().isPresent() ? " is no model" : " is a model")
                    + " of images of any size");
        }
        try {
            Optional<ImageCodec> start = models.namedImages();
            Preset.Chosen preset = start.isPresent() ? Preset.furtherImages() : architecture.imagePreset();
            common.detail("options not given: " + preset);
            if (start.isPresent() && architecture.fixed().isPresent()) {
                throw usage(architecture.fixed().get()
                        + " cannot be given together with --from: the architecture is that of the model");
            }
            ImageShape shape = start.isPresent() ? start.get().model().shape()
                    : architecture.imageShape(preset.architecture());
            schedule.completeImages(preset.schedule());
            List<ImageSource> sources = inputs.images();
            int count = (int) Math.min(Integer.MAX_VALUE, ImageSet.count(sources));
            int measured = validation != null ? validation : Math.max(1, Math.min(20, (count - holdout) / 10));
            ImageSet images = new ImageSet(sources, new TrainingOptions.Parts(measured, holdout));
            common.note(inputs.name() + ": " + images.count() + " images; a model with " + shape.describe());
            if (!images.hasColours() && start.isEmpty()) {
                common.note("no colours among them: the model will be one for grey images; --from image keeps colours");
            }
            return new ImageTrainingOptions(name != null ? name : name(out), shape, start, images, inputs.label(),
                    schedule.flips(), length(), seed,
                    common.threads(), Optional.ofNullable(work), commandLine());
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    /** A training that can be stopped; gives the model's file unless it was. */
    private interface Training {
        Optional<byte[]> run() throws IOException;
    }

    /**
     * Trains and writes the model. A signal ends it with a checkpoint; the process then has the signal's code.
     *
     * @return whether there is a model
     */
    private boolean train(Runnable stop, Training training) throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        Thread onSignal = new Thread(() -> {
            stop.run();
            try {
                over.await(LONGEST_STOP_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(onSignal);
        try {
            Optional<byte[]> model = training.run();
            if (model.isEmpty()) {
                common.note(work == null ? "stopped; without --work nothing is kept"
                        : "stopped; the same command continues from the checkpoint in " + work);
                return false;
            }
            try (OutputFile output = OutputFile.open(out.toString(), force)) {
                output.stream().write(model.get());
                output.commit();
            }
            common.note(String.format(Locale.ROOT, "%s: %,d bytes; use it with 'bbans compress --model %s'", out,
                    model.get().length, out));
            return true;
        } finally {
            over.countDown();
            remove(onSignal);
        }
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException theSignalHasCome) {
            return;
        }
    }

    private TrainingOptions.Schedule length() {
        return schedule.schedule(minutes != null ? minutes : steps != null ? 0 : 20, steps != null ? steps : 0);
    }

    private ParameterException usage(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }

    /** The model to start from. */
    private Optional<ModelFile> start(ModelCatalogue models) throws FileException {
        Optional<ModelFile> start = models.named().map(Model::file);
        Optional<String> fixed = architecture.fixed();
        if (start.isPresent() && fixed.isPresent()) {
            throw usage(fixed.get() + " cannot be given together with --from: the architecture is that of the model");
        }
        if (start.isPresent() && start.get().description().family() != Family.VAE) {
            throw usage("--from " + from + " is of the family " + start.get().description().family().label()
                    + ", whose trainings start from no other model");
        }
        return start;
    }

    private TrainingRecords records(TrainingInputs inputs, List<String> names, Optional<ModelSpec> model)
            throws IOException {
        Optional<int[]> shape = model.map(ModelSpec::shape).or(architecture::shape)
                .map(extents -> extents.stream().mapToInt(Integer::intValue).toArray());
        String file = inputs.name();
        TrainingInputs.Gathered content = inputs.records(r -> layout(r, shape).isPresent())
                .orElseThrow(() -> model.isPresent() ? unsuitable(file, model.get())
                        : new FileException(file, "its records cannot be "
                                + "read in this shape; leave --shape out, or describe them with --record-shape"));
        Records records = content.records();
        boolean binarise = schedule.binarise();
        Optional<SampleFormat.TwoValued> two = binarise ? Optional.empty()
                : records.twoValues(content.bytes(), content.bytes().length);
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
            if (!binarise && records.format().levels() != 2) {
                throw new FileException(file, "its samples are not of two values; add --binarise, or leave --levels "
                        + "out");
            }
        }
        Layout layout = layout(records, shape).orElseThrow();
        byte[] samples = ModelChooser.samples(layout, content.bytes(),
                Math.toIntExact(layout.records(content.bytes().length)));
        if (samples == null) {
            throw new FileException(file, "some of its records do not fit their format; leave them out");
        }
        return new TrainingRecords(Arrays.stream(layout.shape()).boxed().toList(), binarise ? 256 : levels, samples,
                inputs.label(), HexFormat.of().formatHex(sha256(names, content)));
    }

    private static Optional<Layout> layout(Records records, Optional<int[]> shape) {
        return shape.isEmpty() ? records.layout() : records.as(shape.get());
    }

    /** Of the only file, or of the records of several. */
    private static byte[] sha256(List<String> names, TrainingInputs.Gathered content) throws IOException {
        Path only = names.size() == 1 && !names.get(0).equals(OutputFile.STANDARD) ? FileNames.path(names.get(0))
                : null;
        return Checksums.sha256(only != null && Files.isRegularFile(only) ? Files.readAllBytes(only)
                : content.bytes());
    }

    private FileException unsuitable(String file, ModelSpec model) {
        return new FileException(file, "--from " + ModelCatalogue.describe(model) + "; there are no such records here; "
                + (model.levels() == 2 && !schedule.binarise() ? "add --binarise, or " : "") + "leave --from out");
    }

    /** What is to be trained: what the user says, then what the preset chooses. */
    private TrainingOptions options(String file, TrainingRecords records, Optional<ModelFile> start)
            throws FileException {
        try {
            if (!architecture.vae() && report != null) {
                throw usage("--report is for models of the family vae");
            }
            int levels = start.map(s -> s.spec().levels()).orElse(schedule.binarise() ? 2 : records.levels());
            Preset.Chosen preset = start.map(s -> Preset.further(s.spec()))
                    .orElseGet(() -> architecture.preset(records, levels));
            common.detail("options not given: " + preset);
            String called = name != null ? name : name(out);
            Description model = start.isPresent() ? further(start.get().spec()).withName(called)
                    : architecture.description(called, records, levels, preset.architecture());
            common.note(file + ": " + records.count() + " records; " + model.toJson());
            int measured = validation != null ? validation : Math.max(1, Math.min(3000, records.count() / 10));
            int trained = records.count() - holdout - measured;
            schedule.complete(preset.schedule(), trained);
            if (trained < schedule.batch()) {
                throw new FileException(file, records.count() + " records are too few for a training, for which "
                        + Math.max(0, trained) + " are left by " + measured + " to measure on (--validation) and "
                        + holdout + " held out (--holdout)");
            }
            return new TrainingOptions(model, start, records, new TrainingOptions.Parts(measured, holdout),
                    schedule.variation(), schedule.batch(), schedule.positions(model),
                    length(), seed, common.threads(),
                    Optional.ofNullable(work), commandLine());
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    /** The architecture of a training that starts from a model: its own, with a palette as large, or larger. */
    private ModelSpec further(ModelSpec start) {
        int least = start.likelihood().palette();
        int palette = architecture.palette().orElse(least);
        if (palette < least) {
            throw new IllegalArgumentException("--palette must be at least " + least + ", as " + start.name() + " has");
        }
        return start.withPalette(palette);
    }

    private static String name(Path model) {
        String file = model.getFileName().toString();
        int dot = file.lastIndexOf('.');
        return dot > 0 ? file.substring(0, dot) : file;
    }

    /** Writes the model into a file that exists, whatever its name is; the training record keeps the one given. */
    void writeTo(Path file) {
        name = name != null ? name : name(out);
        out = file;
        force = true;
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
                            Double.isNaN(p.kl()) ? "  validation %.4f" : "  validation %.4f  (KL %.1f bits/record)",
                            p.validation(), p.kl()) : "",
                    clock(p.minutesLeft()));
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
