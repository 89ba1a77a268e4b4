package org.bbans.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bbans.cli.io.ArchiveFile;
import org.bbans.cli.io.ExcludeOption;
import org.bbans.cli.io.FileException;
import org.bbans.cli.io.FileNames;
import org.bbans.cli.io.FolderWalk;
import org.bbans.cli.io.InputFile;
import org.bbans.cli.io.Messages;
import org.bbans.cli.io.ModelCatalogue;
import org.bbans.cli.io.OutputFile;
import org.bbans.cli.io.ProgressLine;
import org.bbans.cli.io.Temporaries;
import org.bbans.cli.io.TemporaryFile;
import org.bbans.cli.io.Terminal;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.content.Records;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.bbans.model.CollectionCompressor;
import org.bbans.model.Compression;
import org.bbans.model.CompressionListener;
import org.bbans.model.CompressionOptions;
import org.bbans.model.Effort;
import org.bbans.model.ModelChooser;
import org.bbans.model.RecordCompressor;
import org.bbans.model.UnsuitableModelException;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code bbans compress}. */
@Command(mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Compress files and folders, each into an archive of its own; with -o or -c all into one.",
            "The records or images in a file are found by looking at its content: IDX, NPY, PGM, PPM, PBM, PAM, DICOM, "
                    + "NIfTI, FITS, TIFF, BMP, CIFAR, CSV of integers; in gzip, PNG and packed TIFF files too, if "
                    + "these can be restored byte for byte. Of the models that fit, a fast one that comes close to "
                    + "the best on a sample is taken; without one, or where a model does not help, the bytes are "
                    + "coded with LZMA2 or stored.",
            "Of a folder come back contents, names, modes and times, links and empty folders; hard links as files "
                    + "of their own, the holes of a sparse file as zeros."},
        footerHeading = "%nExamples:%n",
        footer = {"  bbans compress digits.idx                 writes digits.idx.bba",
            "  bbans compress --rm *.npy                 an archive for each, in place of it",
            "  bbans compress photos                     a folder: photos.bba",
            "  bbans compress -o all.bba photos *.npy    one archive of all",
            "  bbans compress --record-shape 28x28 raw   records in a file without a header",
            "  tar c dir | bbans compress > dir.tar.bba  between pipes"})
final class CompressCommand implements Callable<Integer> {

    private static final int HEAD_BYTES = 1 << 10;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Parameters(arity = "0..*", paramLabel = "FILE",
            description = "Files and folders to compress; - or nothing for standard input. FILE becomes FILE"
                    + Operands.SUFFIX
                    + "; of two names the second is the archive if it ends in " + Operands.SUFFIX
                    + " or, without --rm, if there is no such file.")
    private List<String> files = new ArrayList<>();

    @Option(names = {"-o", "--output"}, paramLabel = "OUT",
            description = "Archive to write, of all FILEs together; - for standard output.")
    private String out;

    @Option(names = {"-c", "--stdout"}, description = "Write to standard output.")
    private boolean toStandard;

    @Option(names = {"-f", "--force"}, description = "Overwrite the archive if it exists; compress archives, too.")
    private boolean force;

    @ArgGroup(exclusive = true)
    private AfterSuccess afterSuccess;

    @Option(names = {"-m", "--model"}, paramLabel = "NAME|FILE",
            description = "Use this model: a built-in one ('bbans models') or a file made by 'bbans train'.")
    private String model;

    @Mixin
    private StepsOption steps;

    @Option(names = "--embed-model", description = "Put the model into the archive, which then needs nothing else; "
            + "unless the archive without a model is not larger.")
    private boolean embed;

    @Option(names = "--train", paramLabel = "TIME", converter = Minutes.class,
            description = "Train a model on this very content before, for so long (90s, 10m, 2h), and put it into the "
                    + "archive if that is smaller then. It starts from the model of images where that is the best one.")
    private Double training;

    @Mixin
    private ExcludeOption exclude;

    @Mixin
    private RecordOptions recordOptions;

    @Option(names = "--block-records", paramLabel = "N", defaultValue = "0",
            description = "Records in a block, the unit of threads, damage and random access (default: 10000); "
                    + "or in a group of images from which a model learns (default: as many as help it).")
    private int blockRecords;

    @Option(names = "--unordered", description = "The order of the records means nothing and need not be kept, "
            + "which saves what it would cost: they come back sorted by their bytes. Labels within records stay with "
            + "them; those in another file no longer belong to them.")
    private boolean unordered;

    @ArgGroup(exclusive = true)
    private EffortChoice effortChoice;

    @Option(names = "--no-verify", description = "Do not decode and compare every block before it is written.")
    private boolean noVerify;

    /** Reads a time: a number of seconds, minutes or hours. */
    static final class Minutes implements ITypeConverter<Double> {

        private static final Pattern TIME = Pattern.compile("([0-9]{1,6})([smh])");

        @Override
        public Double convert(String value) {
            Matcher time = TIME.matcher(value);
            if (!time.matches() || Integer.parseInt(time.group(1)) == 0) {
                throw new TypeConversionException("'" + value + "' is no time such as 90s, 10m or 2h");
            }
            double number = Integer.parseInt(time.group(1));
            return switch (time.group(2)) {
                case "s" -> number / 60;
                case "m" -> number;
                default -> number * 60;
            };
        }
    }

    /** How hard to try. */
    static final class EffortChoice {

        @Option(names = "--fast", description = "Take the fastest model that makes at most 1.25 times the smallest "
                + "archive, or the fast one for images unless LZMA2 beats it; do not try LZMA2 beside it; leave out of "
                + "image models what saves less than some 2 %%. Without --fast or --best, 1.125 times and 1 %%.")
        private boolean fast;

        @Option(names = "--best", description = "Take the model that makes the smallest archive; try on more records; "
                + "leave out of image models only what saves nothing; let models turn records and learn from them "
                + "where that saves something on some, which may take ten times as long.")
        private boolean best;
    }

    @Override
    public Integer call() throws IOException {
        Operands operands =
                Operands.of(files, out, toStandard, true, AfterSuccess.asked(afterSuccess), spec.commandLine());
        common.threads();
        Optional<Records> described = recordOptions.described();
        if (blockRecords < 0) {
            throw new ParameterException(spec.commandLine(), "--block-records must not be negative");
        }
        if (training != null && (model != null || unordered)) {
            throw new ParameterException(spec.commandLine(), "--train does not go with --model, nor with --unordered");
        }
        for (String in : operands.inputs()) {
            if (target(in, operands).equals(OutputFile.STANDARD) && Terminal.hasOutput() && !force) {
                throw new ParameterException(spec.commandLine(),
                        "an archive is not for the terminal: name an output, or redirect standard output");
            }
        }
        if (!exclude.patterns().isEmpty() && !operands.areTogether() && areFiles(operands.inputs())) {
            throw new ParameterException(spec.commandLine(), "--exclude is for folders and several files together");
        }
        common.showEngine();
        ModelCatalogue models = steps.models(model);
        RecordCompressor compressor = compressor(models, embed, described);
        boolean well = operands.areTogether()
                ? EachFile.of(operands.inputs().subList(0, 1),
                        in -> collect(operands.inputs(), target(in, operands), compressor))
                : EachFile.of(operands.inputs(), in -> Files.isDirectory(FileNames.path(in))
                        ? collect(List.of(in), target(in, operands), compressor)
                        : compress(in, target(in, operands), compressor, models));
        if (well) {
            exclude.noteUnmatched(common.messages());
        }
        return well ? 0 : 1;
    }

    private static boolean areFiles(List<String> inputs) throws FileException {
        boolean all = true;
        for (String in : inputs) {
            all &= in.equals(OutputFile.STANDARD) || Files.isRegularFile(FileNames.path(in));
        }
        return all;
    }

    private RecordCompressor compressor(ModelCatalogue models, boolean embeds, Optional<Records> described) {
        return new RecordCompressor(CompressionOptions.plain().withEffort(effort())
                .withModels(models.choice().withEmbedded(embeds)).withRecords(described)
                .withBlockRecords(blockRecords).withUnordered(unordered).withThreads(common.threads())
                .withVerify(!noVerify).withTemporaryFolder(ArchiveFile.temporaryFolder()));
    }

    private static String target(String in, Operands operands) throws FileException {
        if (operands.output().isPresent() || in.equals(OutputFile.STANDARD)) {
            return operands.output().orElse(in);
        }
        Path path = FileNames.path(in);
        if (!Files.isDirectory(path)) {
            return in + Operands.SUFFIX;
        }
        try {
            String last = FolderWalk.lastName(path);
            String whole = FileNames.name(path.normalize());
            return (whole.endsWith("/" + last) ? whole : last) + Operands.SUFFIX;
        } catch (IOException e) {
            throw FileException.of(in, e);
        }
    }

    /** Puts files and folders into one archive. */
    private boolean collect(List<String> inputs, String target, RecordCompressor compressor) throws IOException {
        if (inputs.contains(OutputFile.STANDARD)) {
            throw new ParameterException(spec.commandLine(),
                    "standard input has no name in an archive of several files");
        }
        if (unordered) {
            throw new ParameterException(spec.commandLine(),
                    "--unordered is for the records of one file, not for folders or several files together");
        }
        if (recordOptions.described().isPresent()) {
            throw new ParameterException(spec.commandLine(), "--record-shape describes one file, not several");
        }
        if (training != null) {
            throw new ParameterException(spec.commandLine(), "--train is for single files; 'bbans train' takes folders "
                    + "too, and --model what it makes");
        }
        if (AfterSuccess.asked(afterSuccess)) {
            throw new ParameterException(spec.commandLine(), "--rm is for files that get archives of their own");
        }
        FolderWalk walk = new FolderWalk(common.messages(), OutputFile.existing(target), exclude.patterns());
        for (String in : inputs) {
            walk.add(in);
        }
        String name = String.join(", ", inputs);
        if (walk.sources().isEmpty()) {
            throw new FileException(name, "nothing is left of it; --exclude leaves out all");
        }
        try (OutputFile output = OutputFile.open(target, force);
                ProgressLine progress = new ProgressLine("compress", target, walk.size(), common.messages())) {
            Path folder = output.directory().orElse(ArchiveFile.temporaryFolder());
            CollectionCompressor.Collected result = new CollectionCompressor(compressor.options()
                    .withTemporaryFolder(folder).withListener(new Report(name, progress, common.messages())))
                    .compress(walk.sources(), output.stream());
            output.commit();
            common.messages().summary(summary(name, output, result));
        } catch (UnsuitableModelException e) {
            throw new FileException(name, e.model() + "; there are none in these files");
        } catch (FileSystemException e) {
            // One of the files; what becomes of the archive has its name already.
            throw FolderWalk.failure(e.getFile() == null ? name : e.getFile(), e);
        } catch (IOException e) {
            throw FileException.of(name, e);
        }
        return true;
    }

    private static String summary(String name, OutputFile output, CollectionCompressor.Collected c) {
        String ratio = c.fileBytes() == 0 ? "" : String.format(Locale.ROOT, "%.2f %%, ",
                100.0 * c.archiveBytes() / c.fileBytes());
        String how = c.modelled().entrySet().stream().map(e -> "model " + e.getKey() + " in " + e.getValue())
                .collect(Collectors.joining(", "));
        return String.format(Locale.ROOT, "%s: %s%,d files, %,d -> %,d bytes%s; %s", name, ratio, c.files(),
                c.fileBytes(), c.archiveBytes(), output.isFile() ? ", " + output.name() : "",
                how.isEmpty() ? "no model is better than LZMA2" : how);
    }

    private boolean compress(String in, String target, RecordCompressor compressor, ModelCatalogue models)
            throws IOException {
        try (InputFile input = InputFile.open(in)) {
            if (input.path() == null && out == null && target.equals(in + Operands.SUFFIX)) {
                throw new FileException(in, "is no regular file; name its archive with -o, or take -c");
            }
            if (input.isArchive() && !force) {
                throw new FileException(in, "is an archive already: 'bbans decompress' restores what is in it, -f "
                        + "compresses it once more");
            }
            if (input.path() != null && recordOptions.described().isPresent()) {
                checkShape(input, recordOptions.described().get());
            }
            try (OutputFile output = OutputFile.open(target, force, input)) {
                boolean deletes = AfterSuccess.deletes(afterSuccess, input, output);
                if (deletes && unordered) {
                    throw new FileException(in, "is not deleted: with --unordered, the order of its records is lost");
                }
                Path folder = output.directory().orElse(ArchiveFile.temporaryFolder());
                Compression result = training == null ? write(input, folder, output.stream(), compressor)
                        : writeTrained(input, folder, output.stream(), compressor);
                input.checkUnchanged();
                if (deletes) {
                    ArchiveFile.check(output, input.path(), models,
                            ReadOptions.DEFAULT.withThreads(common.threads()).withoutLimits());
                }
                output.commit();
                common.messages().summary(summary(input, output, result));
                if (deletes) {
                    input.delete();
                }
            }
            return true;
        }
    }

    /** Says what described records leave over; there must be one at least. */
    private void checkShape(InputFile input, Records records) throws IOException {
        ContentView content = ContentView.of(input.path());
        byte[] head = content.start(HEAD_BYTES);
        if (Wrappings.kind(head, head.length).filter(Wrappings.FileKind::isKnownAsPacked).isPresent()) {
            return;
        }
        long bytes = records.bytes(content.size());
        if (bytes <= 0 && content.size() > 0) {
            throw new ParameterException(spec.commandLine(), String.format(Locale.ROOT,
                    "%s: --record-shape describes records larger than the %,d bytes there are", input.name(),
                    Math.max(0, content.size() - records.leading())));
        }
        long over = content.size() - records.leading() - bytes;
        if (over > 0) {
            common.note(String.format(Locale.ROOT, "%s: by --record-shape, %,d of its %,d bytes are no whole record",
                    input.name(), over, content.size()));
        }
    }

    /** Compresses with the models at hand, and with one that was trained on the file; keeps the smaller archive. */
    private Compression writeTrained(InputFile input, Path folder, OutputStream out, RecordCompressor compressor)
            throws IOException {
        if (input.path() == null) {
            throw new ParameterException(spec.commandLine(), "--train reads its input several times; name a file");
        }
        try (Spool usual = new Spool(folder); Spool own = new Spool(folder)) {
            Compression without = write(input, folder, usual, compressor);
            ModelCatalogue trained = trained(input.name(), without.model(), compressor);
            Compression with = write(input, folder, own, compressor(trained, true, recordOptions.described()));
            boolean wins = own.size() < usual.size();
            common.note(String.format(Locale.ROOT, "%s: %,d bytes with a model of its own, %,d bytes without; the %s "
                    + "is kept", input.name(), own.size(), usual.size(), wins ? "first" : "second"));
            try (InputStream smaller = (wins ? own : usual).open()) {
                smaller.transferTo(out);
            }
            return wins ? with : without;
        }
    }

    /**
     * A model that is trained on a file: from the model of images if that codes it best so far.
     *
     * @param best what codes it best, of what the compressor has
     */
    private ModelCatalogue trained(String file, Optional<String> best, RecordCompressor compressor) throws IOException {
        try (TemporaryFile own = Temporaries.create(ArchiveFile.temporaryFolder())) {
            List<String> arguments =
                    new ArrayList<>(List.of("-o", "own.safetensors", "--minutes", training.toString()));
            arguments.addAll(common.arguments());
            arguments.addAll(recordOptions.arguments());
            best.filter(name -> compressor.options().models().images().stream()
                    .anyMatch(images -> images.name().equals(name)))
                    .ifPresent(images -> arguments.addAll(List.of("--from", images)));
            arguments.addAll(List.of("--", file));
            TrainCommand command = new TrainCommand();
            new CommandLine(command).setCommandName("bbans train").setExpandAtFiles(false)
                    .registerConverter(Path.class, FileNames::path).parseArgs(arguments.toArray(String[]::new));
            command.writeTo(own.path());
            command.call();
            return new ModelCatalogue(own.path().toString());
        }
    }

    private Compression write(InputFile input, Path folder, OutputStream out, RecordCompressor compressor)
            throws IOException {
        try (ProgressLine progress = new ProgressLine("compress", input.name(), LayoutDetector.UNKNOWN_SIZE,
                common.messages())) {
            RecordCompressor telling = compressor.with(options -> options.withTemporaryFolder(folder)
                    .withListener(new Report(input.name(), progress, common.messages())));
            Compression result = input.path() != null ? telling.compress(input.path(), out)
                    : telling.compressPipe(input.stream(), out);
            if (embed && result.outcome() != Compression.Outcome.MODEL
                    && result.outcome() != Compression.Outcome.MODELS_LOSE) {
                common.note(input.name() + ": no model fits, so none is embedded");
            }
            return result;
        } catch (UnsuitableModelException e) {
            throw new FileException(input.name(), e.model() + "; there are none in this file"
                    + (recordOptions.described().isEmpty() ? "; if there are, describe them with --record-shape" : ""));
        } catch (IOException e) {
            throw FileException.of(input.name(), e);
        }
    }

    private static String summary(InputFile input, OutputFile output, Compression c) {
        String ratio = c.fileBytes() == 0 ? "" : String.format(Locale.ROOT, "%.2f %%, ",
                100.0 * c.archiveBytes() / c.fileBytes());
        String how = c.model().map(model -> "model " + model).orElseGet(() -> switch (c.outcome()) {
            case NO_RECORDS -> "no records found";
            case NO_MODEL -> c.records().orElseThrow() + ", for which there is no model; 'bbans train' makes one";
            default -> "no model is better than LZMA2";
        });
        return String.format(Locale.ROOT, "%s: %s%,d -> %,d bytes%s; %s", input.name(), ratio, c.fileBytes(),
                c.archiveBytes(), output.isFile() ? ", " + output.name() : "", how);
    }

    private Effort effort() {
        return effortChoice == null ? Effort.BALANCED : effortChoice.fast ? Effort.FAST : Effort.BEST;
    }

    /** Says what is found and decided. */
    private record Report(String file, ProgressLine line, Messages messages) implements CompressionListener {

        @Override
        public void wrapped(Wrappings.FileKind kind, boolean restorable) {
            if (restorable) {
                messages.detail(file + ": " + kind.label() + ", taken apart");
            } else {
                messages.note(file + ": this " + kind.label() + " file cannot be restored byte for byte from its "
                        + "content, or holds too much for its size, so it is stored as it is"
                        + (kind == Wrappings.FileKind.GZIP ? "; 'gunzip' it first to have its content compressed"
                                : ""));
            }
        }

        @Override
        public void found(Optional<Records> records, long contentBytes) {
            messages.detail(file + ": " + records.map(Records::toString).orElse("no records found"));
            line.expect(contentBytes);
        }

        @Override
        public void tried(ModelChooser.Trial trial) {
            messages.detail(String.format(Locale.ROOT, "%s: model %s on %s: %.4f bits/dim on %d records", file,
                    trial.fit().model().description().name(), Formats.describe(trial.fit().layout().format()),
                    trial.bitsPerDim(), trial.records()));
        }

        @Override
        public void triedImages(String model, double bitsPerSample, long samples) {
            messages.detail(String.format(Locale.ROOT, "%s: model %s: %.4f bits a sample on %d samples", file, model,
                    bitsPerSample, samples));
        }

        @Override
        public void keptOrder(String model) {
            messages.note(file + ": its records stay in order, for model " + model + " learns from one to the next, "
                    + "which saves more");
        }

        @Override
        public void notEmbedded(String model, long withModel, long withoutModel) {
            messages.note(String.format(Locale.ROOT, "%s: with model %s embedded it takes %,d bytes, without a model "
                    + "%,d; so none is embedded", file, model, withModel, withoutModel));
        }

        @Override
        public void noModel(String reason) {
            messages.detail(file + ": " + reason);
        }

        @Override
        public void grouped(Records records, int files, long bytes, long streamBytes, Optional<String> model,
                boolean taken) {
            messages.detail(String.format(Locale.ROOT, "%s: %s in %,d files: %,d -> %,d bytes, %s%s", file, records,
                    files, bytes, streamBytes, model.map(m -> "model " + m).orElse("no model"),
                    taken ? "" : "; not worth it, they stay as they are"));
        }

        @Override
        public void progress(long contentBytes) {
            line.progress(contentBytes);
        }

        @Override
        public void fellBack(int block, String reason) {
            line.fellBack(block, reason);
        }
    }
}
