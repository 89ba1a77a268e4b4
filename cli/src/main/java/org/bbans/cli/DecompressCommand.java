package org.bbans.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.bbans.cli.io.ArchiveFile;
import org.bbans.cli.io.FileException;
import org.bbans.cli.io.InputFile;
import org.bbans.cli.io.OutputFile;
import org.bbans.cli.io.ProgressLine;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.format.Damage;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bbans decompress}. */
@Command(name = "decompress", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Restore the file that an archive was made from, byte for byte.",
            "Everything is checked: each block, and the SHA-256 of the whole."})
final class DecompressCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Parameters(index = "0", paramLabel = "IN", description = "Archive; - for standard input.")
    private String in;

    @Parameters(index = "1", paramLabel = "OUT", arity = "0..1",
            description = "File to write; - for standard output. By default IN without " + CompressCommand.SUFFIX
                + ", or standard output for standard input.")
    private String out;

    @Option(names = {"-f", "--force"}, description = "Overwrite OUT if it exists.")
    private boolean force;

    @ArgGroup(exclusive = true)
    private CompressCommand.Fate fate;

    @Option(names = {"-m", "--model"}, paramLabel = "FILE",
            description = "The model file, for an archive whose model is neither built in nor embedded.")
    private String model;

    @Option(names = "--keep-going",
            description = "Save what is undamaged: zeros stand for what is lost. The exit code tells whether "
                + "something is.")
    private boolean keepGoing;

    @Override
    public Integer call() throws IOException {
        String target = target();
        common.showEngine();
        try (InputFile input = InputFile.open(in); OutputFile output = OutputFile.open(target, force, in)) {
            ArchiveFile.Restored restored;
            try (ProgressLine progress = new ProgressLine("decompress", LayoutDetector.UNKNOWN_SIZE, common)) {
                restored = ArchiveFile.restore(input, output.stream(), new ModelCatalogue(model), ReadOptions.DEFAULT
                        .withThreads(common.threads()).withKeepGoing(keepGoing).withListener(progress));
            }
            output.commit();
            for (Damage damage : restored.damages()) {
                System.err.println("bbans: " + FileException.printable(input.name() + ": "
                        + ArchiveFile.describe(damage)));
            }
            if (!restored.damages().isEmpty()) {
                return 1;
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

    private String target() {
        if (out != null) {
            return out;
        }
        if (in.equals(OutputFile.STANDARD)) {
            return OutputFile.STANDARD;
        }
        if (in.endsWith(CompressCommand.SUFFIX) && in.length() > CompressCommand.SUFFIX.length()) {
            return in.substring(0, in.length() - CompressCommand.SUFFIX.length());
        }
        throw new ParameterException(spec.commandLine(),
                in + " does not end in " + CompressCommand.SUFFIX + ": name the output");
    }
}
