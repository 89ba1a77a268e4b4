package org.bbans.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bbans.cli.io.ArchiveFile;
import org.bbans.cli.io.ExcludeOption;
import org.bbans.cli.io.FileException;
import org.bbans.cli.io.FileNames;
import org.bbans.cli.io.FolderWalk;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.model.CollectionCompressor.Stored;
import org.bbans.model.CompressionOptions;
import org.bbans.model.SizeEstimate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bbans estimate}. */
@Command(mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Say in seconds how small files and folders will be, by kinds of files, and whether training a "
                + "model would pay.",
            "Pieces of some 256 kB, chosen at random, are compressed, of pictures and packed files whole ones; what "
                    + "follows +- bounds the error with a probability of 95 %%. What learns from other pieces, or "
                    + "repeats them, comes out smaller."})
final class EstimateCommand implements Callable<Integer> {

    /** What a trained model takes off a general one's archive, and bytes of such a model: Fashion-MNIST's. */
    private static final double TRAINING_SAVES = 0.05;
    private static final int MODEL_BYTES = 282_228;
    /** What an archive takes beside its blocks. */
    private static final int FRAME_BYTES = 60;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Mixin
    private ExcludeOption exclude;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files and folders.")
    private List<String> files;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "10",
            description = "Begin no further piece after so many seconds (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Override
    public Integer call() throws IOException {
        if (seconds < 1) {
            throw new ParameterException(spec.commandLine(), "--seconds must be at least 1");
        }
        SizeEstimate estimate = new SizeEstimate(CompressionOptions.standard().withThreads(common.threads())
                .withVerify(false).withTemporaryFolder(ArchiveFile.temporaryFolder()));
        exclude.patterns();
        boolean well = EachFile.of(files, name -> add(name, estimate));
        if (well) {
            exclude.noteUnmatched(common.messages());
        }
        try {
            List<SizeEstimate.KindEstimate> kinds = estimate.kinds(Duration.ofSeconds(seconds));
            if (!kinds.isEmpty()) {
                print(kinds);
            }
        } catch (IOException e) {
            throw FileException.of(String.join(", ", files), e);
        }
        return well ? 0 : 1;
    }

    private boolean add(String name, SizeEstimate estimate) throws IOException {
        Path path = FileNames.path(name);
        if (Files.exists(path) && !Files.isDirectory(path) && !Files.isRegularFile(path)) {
            throw new FileException(name, "is no regular file; a pipe's content cannot be sampled");
        }
        FolderWalk walk = new FolderWalk(common.messages(), Optional.empty(), exclude.patterns());
        walk.add(name);
        for (Stored source : walk.sources()) {
            if (source.entry().type() == EntryType.FILE) {
                try {
                    estimate.add(source);
                } catch (IOException e) {
                    throw FileException.of(source.file().toString(), e);
                }
            }
        }
        return true;
    }

    private static void print(List<SizeEstimate.KindEstimate> kinds) {
        long files = 0;
        long bytes = 0;
        double archive = FRAME_BYTES;
        double variance = 0;
        System.out.printf(Locale.ROOT, "%-16s %9s %17s %17s %18s  %s%n", "kind", "files", "bytes", "sampled",
                "archive, % +-", "model");
        for (SizeEstimate.KindEstimate kind : kinds) {
            System.out.printf(Locale.ROOT, "%-16s %,9d %,17d %,17d %10.2f %7s  %s%n", kind.label(), kind.files(),
                    kind.bytes(), kind.sampled(), 100 * kind.ratio(), percent(kind.spread()),
                    Double.isNaN(kind.ratio()) ? "not tried: such files can only be compressed as a whole"
                            : kind.model().orElse("none: LZMA2 or stored"));
            files += kind.files();
            bytes += kind.bytes();
            archive += (Double.isNaN(kind.ratio()) ? 1 : kind.ratio()) * kind.bytes();
            variance += Math.pow(kind.spread() * kind.bytes(), 2);
        }
        if (bytes > 0) {
            System.out.printf(Locale.ROOT, "%-16s %,9d %,17d %17s %10.2f %7s  about %,.0f bytes%n", "all", files, bytes,
                    "", 100 * archive / bytes, percent(Math.sqrt(variance) / bytes), archive);
        }
        kinds.forEach(EstimateCommand::advise);
    }

    private static String percent(double spread) {
        return Double.isNaN(spread) ? "?" : String.format(Locale.ROOT, "%.2f", 100 * spread);
    }

    /** Says whether a model of their own would pay for records of one shape. */
    private static void advise(SizeEstimate.KindEstimate kind) {
        if (kind.records().isEmpty() || Double.isNaN(kind.ratio())) {
            return;
        }
        String what = kind.records().get().toString();
        boolean trained = kind.model().isPresent() && !kind.model().get().startsWith("image");
        double saved = TRAINING_SAVES * kind.ratio() * kind.bytes();
        System.out.println(what + ": " + (trained ? "model " + kind.model().get() + " has been trained for such records"
                : String.format(Locale.ROOT, "'bbans train' would save 5 %% or more, that is %,.0f bytes, for a model "
                        + "of some %,d: %s", saved, MODEL_BYTES,
                        saved > MODEL_BYTES ? "worth trying"
                                : "only worth it if the model serves other files too")));
    }
}
