package org.bbans.cli;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.bbans.cli.io.CollectionFile;
import org.bbans.cli.io.ExpansionNote;
import org.bbans.cli.io.FileNames;
import org.bbans.cli.io.InputFile;
import org.bbans.cli.io.ModelCatalogue;
import org.bbans.cli.io.NamePattern;
import org.bbans.codec.archive.ReadOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bbans extract}. */
@Command(mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Restore some of the files in an archive of a folder.",
            "Only what is needed for them is decoded. Nothing is written outside of the folder."},
        footerHeading = "%nExamples:%n",
        footer = {"  bbans extract photos.bba '*.png'          all PNG files",
            "  bbans extract -o /tmp photos.bba photos/2024   a folder, into /tmp"})
final class ExtractCommand implements Callable<Integer> {

    @Mixin
    private CommonOptions common;

    @Mixin
    private LimitOption limit;

    @Parameters(index = "0", paramLabel = "ARCHIVE", description = "The archive; - for standard input.")
    private String archive;

    @Parameters(index = "1", arity = "1..*", paramLabel = "PATTERN",
            description = "Paths, with *, **, ? and [...]; without a slash a name anywhere; a folder with all in it.")
    private List<String> patterns;

    @Option(names = {"-o", "--output"}, paramLabel = "FOLDER", defaultValue = "",
            description = "Restore below this folder (default: the current one).")
    private String folder;

    @Option(names = {"-f", "--force"}, description = "Overwrite files that exist.")
    private boolean force;

    @Option(names = {"-m", "--model"}, paramLabel = "FILE",
            description = "The model file, for an archive whose model is neither built in nor embedded.")
    private String model;

    @Override
    public Integer call() throws IOException {
        List<NamePattern> wanted = NamePattern.of(patterns);
        try (InputFile input = InputFile.open(archive)) {
            input.checkCollection("'bbans decompress' restores it");
            CollectionFile.Contents contents = CollectionFile.restore(input, FileNames.path(folder), force,
                    NamePattern.any(wanted), new ModelCatalogue(model),
                    limit.applyTo(ReadOptions.DEFAULT).withThreads(common.threads())
                            .withListener(new ExpansionNote(input.name(), common.messages())));
            common.messages().summary(String.format(Locale.ROOT, "%s: %,d files, %,d bytes", input.name(),
                    contents.files(), contents.bytes()));
            boolean matched = NamePattern.reportUnmatched(wanted, input);
            return contents.reportMissing(input) && matched ? 0 : 1;
        }
    }
}
