package org.bbans.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bbans.cli.io.FileException;
import org.bbans.cli.io.InputFile;
import org.bbans.cli.io.OutputFile;
import org.bbans.cli.io.ProgressLine;
import org.bbans.cli.io.Temporaries;
import org.bbans.cli.io.Terminal;
import org.bbans.codec.archive.ArchiveOptions;
import org.bbans.codec.archive.ArchiveOutputStream;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.content.Records;
import org.bbans.codec.content.gzip.GzipWrapping;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.Wrapping;
import org.bbans.model.Effort;
import org.bbans.model.Model;
import org.bbans.model.ModelChooser;
import org.bbans.model.file.ModelFile;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bbans compress}. */
@Command(name = "compress", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Compress a file.",
            "The records in it are found by looking at its content: IDX, NPY, PGM, PPM, PBM, CIFAR; in gzip files too, "
                + "if the wrapping can be restored byte for byte. Of the models that fit, a fast one that comes "
                + "close to the best on a sample is taken; without one, or where a model does not help, the bytes "
                + "are coded with LZMA2 or stored."})
final class CompressCommand implements Callable<Integer> {

    static final String SUFFIX = ".bba";

    /** What is looked at to find records and to try models on. */
    private static final int HEAD_BYTES = 1 << 22;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Parameters(index = "0", paramLabel = "IN", description = "File to compress; - for standard input.")
    private String in;

    @Parameters(index = "1", paramLabel = "OUT", arity = "0..1",
            description = "Archive to write; - for standard output. By default IN" + SUFFIX
                + ", or standard output for standard input.")
    private String out;

    @Option(names = {"-f", "--force"}, description = "Overwrite OUT if it exists.")
    private boolean force;

    @ArgGroup(exclusive = true)
    private Fate fate;

    @Option(names = {"-m", "--model"}, paramLabel = "NAME|FILE",
            description = "Use this model: a built-in one ('bbans models') or a file made by 'bbans train'.")
    private String model;

    @Option(names = "--embed-model", description = "Put the model into the archive, which then needs nothing else.")
    private boolean embed;

    @Mixin
    private RecordOptions recordOptions;

    @Option(names = "--block-records", paramLabel = "N", defaultValue = "0",
            description = "Records in a block, the unit of threads, damage and random access (default: 10000).")
    private int blockRecords;

    @ArgGroup(exclusive = true)
    private EffortChoice effortChoice;

    @Option(names = "--no-verify", description = "Do not decode and compare every block before it is written.")
    private boolean noVerify;

    /** What becomes of the input. */
    static final class Fate {

        @Option(names = {"-k", "--keep"}, description = "Keep IN (the default).")
        private boolean keep;

        @Option(names = "--rm", description = "Delete IN once OUT is complete.")
        private boolean remove;

        boolean remove() {
            return remove;
        }
    }

    /** How hard to try. */
    static final class EffortChoice {

        @Option(names = "--fast", description = "Take the fastest model that makes at most 1.25 times the smallest "
                + "archive; do not try LZMA2 beside it. Without --fast or --best, 1.125 times.")
        private boolean fast;

        @Option(names = "--best", description = "Take the model that makes the smallest archive; try on more records.")
        private boolean best;
    }

    @Override
    public Integer call() throws IOException {
        String target = out != null ? out : in.equals(OutputFile.STANDARD) ? OutputFile.STANDARD : in + SUFFIX;
        checkUsage(target);
        common.showEngine();
        ModelCatalogue models = new ModelCatalogue(model);
        try (InputFile input = InputFile.open(in); OutputFile output = OutputFile.open(target, force, in)) {
            if (input.path() != null && GzipWrapping.looksLikeGzip(input.peek(HEAD_BYTES),
                    input.peek(HEAD_BYTES).length)) {
                compressUnwrapped(input, output, models);
            } else {
                compress(input, null, output, models);
            }
        }
        if (fate != null && fate.remove() && !in.equals(OutputFile.STANDARD)) {
            try {
                Files.delete(Path.of(in));
            } catch (IOException e) {
                throw FileException.of(in, e);
            }
        }
        return 0;
    }

    private void checkUsage(String target) {
        if (target.equals(OutputFile.STANDARD) && Terminal.hasOutput() && !force) {
            throw new ParameterException(spec.commandLine(),
                    "an archive is not for the terminal: name an output, or redirect standard output");
        }
        common.threads();
        recordOptions.described();
        if (blockRecords < 0) {
            throw new ParameterException(spec.commandLine(), "--block-records must not be negative");
        }
    }

    /** Codes the content of a gzip file, if the file can be made again from that; otherwise the file as it is. */
    private void compressUnwrapped(InputFile input, OutputFile output, ModelCatalogue models) throws IOException {
        Path directory = output.directory() != null ? output.directory()
                : Path.of(System.getProperty("java.io.tmpdir"));
        Path content = temporary(directory);
        try {
            Optional<Wrapping> wrapping;
            try {
                wrapping = GzipWrapping.unwrap(input.path(), content);
            } catch (IOException e) {
                throw FileException.of(input.name(), e);
            }
            if (wrapping.isEmpty()) {
                common.note(input.name() + ": this gzip file cannot be restored byte for byte from its content, so "
                        + "it is stored as it is; 'gunzip' it first to have its content compressed");
                compress(input, null, output, models);
                return;
            }
            common.detail(input.name() + ": gzip, taken apart");
            try (InputFile unwrapped = input.unwrapped(content)) {
                compress(unwrapped, wrapping.get(), output, models);
            }
        } finally {
            Temporaries.delete(content);
        }
    }

    private static Path temporary(Path directory) throws FileException {
        try {
            return Temporaries.create(directory);
        } catch (IOException e) {
            throw FileException.of(directory.toString(), e);
        }
    }

    private void compress(InputFile input, Wrapping wrapping, OutputFile output, ModelCatalogue models) throws IOException {
        byte[] head = input.peek(HEAD_BYTES);
        Optional<Records> records = recordOptions.described().or(() ->
                LayoutDetector.detect(head, head.length, input.size()));
        common.detail(input.name() + ": " + records.map(Records::toString).orElseGet(() ->
                LayoutDetector.whyOpaque(head, head.length, input.size()).orElse("no records found")));
        Optional<ModelChooser.Fit> fit = records.isPresent() ? choose(input, head, records.get(), models)
                : Optional.empty();
        if (fit.isEmpty() && models.named().isPresent()) {
            throw new FileException(input.name(), ModelCatalogue.describe(models.named().get().spec())
                    + "; there are none in this file"
                    + (recordOptions.described().isEmpty() ? "; if there are, describe them with --record-shape" : ""));
        }
        if (fit.isEmpty() && embed) {
            common.note(input.name() + ": no model fits, so none is embedded");
        }
        try (ProgressLine progress = new ProgressLine("compress", input.size(), common)) {
            ArchiveOptions options = ArchiveOptions.DEFAULT.withThreads(common.threads()).withBlockRecords(blockRecords)
                    .withVerify(!noVerify).withWrapping(wrapping).withListener(progress);
            if (fit.isPresent()) {
                ModelFile file = fit.get().model();
                options = options.withRecords(fit.get().layout(), Model.of(file).codec())
                        .withXz(effort().triesXz());
                options = embed ? options.withEmbeddedModel(file.toBytes()) : options;
            } else {
                options = options.withRecords(records.flatMap(Records::layout).orElse(Layout.NONE), null);
            }
            write(input, output, options);
        }
    }

    private void write(InputFile input, OutputFile output, ArchiveOptions options) throws IOException {
        try (ArchiveOutputStream archive = new ArchiveOutputStream(output.stream(), options)) {
            long size;
            try {
                size = input.stream().transferTo(archive);
                archive.finish();
            } catch (IOException | RuntimeException | Error e) {
                archive.abort();
                throw e;
            }
            output.commit();
            common.detail(String.format(Locale.ROOT, "%s: %,d -> %,d bytes (%.2f %%)", input.name(), size,
                    archive.fileSize(), size == 0 ? 0.0 : 100.0 * archive.fileSize() / size));
        }
    }

    private Optional<ModelChooser.Fit> choose(InputFile input, byte[] head, Records records, ModelCatalogue models)
            throws IOException {
        ModelChooser chooser = new ModelChooser(head, records, effort().sampleRecords());
        List<ModelChooser.Fit> fits = chooser.fits(models.named().map(List::of).orElseGet(models::builtIn));
        if (fits.isEmpty() || fits.size() == 1 && models.named().isPresent()) {
            return fits.stream().findFirst();
        }
        List<ModelChooser.Trial> trials = new ArrayList<>();
        for (ModelChooser.Fit fit : fits) {
            ModelChooser.Trial trial = chooser.trial(fit);
            trials.add(trial);
            common.detail(String.format(Locale.ROOT, "%s: model %s on %s: %.4f bits/dim on %d records", input.name(),
                    fit.model().spec().name(), Formats.describe(fit.layout().format()), trial.bitsPerDim(),
                    trial.records()));
        }
        ModelChooser.Trial chosen = effort().choose(trials);
        if (models.named().isEmpty() && chosen.bytes() >= chooser.generalPurpose(chosen.fit().layout())) {
            common.detail(input.name() + ": no model is better than LZMA2");
            return Optional.empty();
        }
        return Optional.of(chosen.fit());
    }

    private Effort effort() {
        return effortChoice == null ? Effort.BALANCED : effortChoice.fast ? Effort.FAST : Effort.BEST;
    }
}
