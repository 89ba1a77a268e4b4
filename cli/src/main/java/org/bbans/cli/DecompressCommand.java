package org.bbans.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.bbans.cli.io.ArchiveFile;
import org.bbans.cli.io.CollectionFile;
import org.bbans.cli.io.ExpansionNote;
import org.bbans.cli.io.FileException;
import org.bbans.cli.io.FileNames;
import org.bbans.cli.io.InputFile;
import org.bbans.cli.io.Messages;
import org.bbans.cli.io.ModelCatalogue;
import org.bbans.cli.io.OutputFile;
import org.bbans.cli.io.ProgressLine;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.format.Checksums;
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
@Command(mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Restore the files and folders that archives were made from, byte for byte.",
            "Everything is checked: each block, and the SHA-256 of the whole."},
        footerHeading = "%nExamples:%n",
        footer = {"  bbans decompress digits.idx.bba           writes digits.idx",
            "  bbans decompress -c dir.tar.bba | tar x   between pipes",
            "  bbans decompress --keep-going damaged.bba saves what can be saved"})
final class DecompressCommand implements Callable<Integer> {

    /** What the name of a restored file ends in if that of its archive has no suffix to take off. */
    private static final String RESTORED = ".out";

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Mixin
    private LimitOption limit;

    @Parameters(arity = "0..*", paramLabel = "FILE",
            description = "Archives; - or nothing for standard input. FILE" + Operands.SUFFIX
                    + " becomes FILE; of two names the second is the output unless it ends in "
                    + Operands.SUFFIX + " or there is such a file.")
    private List<String> files = new ArrayList<>();

    @Option(names = {"-o", "--output"}, paramLabel = "OUT",
            description = "File to write, or folder to restore a folder in; - for standard output.")
    private String out;

    @Option(names = {"-c", "--stdout"}, description = "Write to standard output, one content after the other.")
    private boolean toStandard;

    @Option(names = {"-f", "--force"}, description = "Overwrite the output if it exists.")
    private boolean force;

    @ArgGroup(exclusive = true)
    private AfterSuccess afterSuccess;

    @Option(names = {"-m", "--model"}, paramLabel = "FILE",
            description = "The model file, for an archive whose model is neither built in nor embedded.")
    private String model;

    @Option(names = "--keep-going",
            description = "Save what is undamaged: zeros, or what of it can be decoded, stand for what is damaged, and "
                    + "of several files those that are whole are restored. The exit code tells whether something is "
                    + "lost.")
    private boolean keepGoing;

    @Override
    public Integer call() throws IOException {
        Operands operands =
                Operands.of(files, out, toStandard, false, AfterSuccess.asked(afterSuccess), spec.commandLine());
        for (String in : operands.inputs()) {
            checkUsage(in, operands);
        }
        common.threads();
        common.showEngine();
        ModelCatalogue models = new ModelCatalogue(model);
        return EachFile.of(operands.inputs(), in -> decompress(in, operands, models)) ? 0 : 1;
    }

    /** Wrong usage is said before anything is done; what is wrong with a file, when its turn comes. */
    private void checkUsage(String in, Operands operands) {
        try {
            target(in, operands);
        } catch (FileException e) {
            return;
        }
    }

    private boolean decompress(String in, Operands operands, ModelCatalogue models) throws IOException {
        try (InputFile input = InputFile.open(in)) {
            return input.isCollection() ? restore(input, in, operands, models)
                    : decompress(input, target(in, operands), models);
        }
    }

    /** Restores the files of a collection, into the folder that the archive lies in unless told otherwise. */
    private boolean restore(InputFile input, String in, Operands operands, ModelCatalogue models) throws IOException {
        String target = target(in, operands);
        if (AfterSuccess.asked(afterSuccess)) {
            throw new FileException(input.name(), "holds files by name; --rm is for single contents");
        }
        boolean named = operands.output().isPresent();
        if (named && target.equals(OutputFile.STANDARD) && !(files.isEmpty() && !toStandard && out == null)) {
            throw new FileException(input.name(), "holds files by name; 'bbans cat' writes single ones of them");
        }
        Path parent = in.equals(OutputFile.STANDARD) ? null : FileNames.path(in).getParent();
        Path folder = named && !target.equals(OutputFile.STANDARD) ? FileNames.path(target)
                : parent == null ? FileNames.path("") : parent;
        CollectionFile.Contents contents = CollectionFile.restore(input, folder, force, entry -> true, models,
                limit.applyTo(ReadOptions.DEFAULT).withThreads(common.threads()).withKeepGoing(keepGoing)
                        .withListener(new ExpansionNote(input.name(), common.messages())));
        input.checkUnchanged();
        contents.problems()
                .forEach(problem -> Messages.error(input.name() + ": " + FileException.withoutAdvice(problem)));
        common.messages().summary(String.format(Locale.ROOT, "%s: %,d files, %,d bytes", input.name(),
                contents.files(), contents.bytes()));
        return contents.reportMissing(input) && contents.problems().isEmpty();
    }

    private boolean decompress(InputFile input, String target, ModelCatalogue models) throws IOException {
        try (OutputFile output = OutputFile.open(target, force, input)) {
            boolean deletes = AfterSuccess.deletes(afterSuccess, input, output);
            MessageDigest sha256 = Checksums.sha256();
            OutputStream sink = deletes ? new DigestOutputStream(output.stream(), sha256) : output.stream();
            ArchiveFile.Restored restored;
            try (ProgressLine progress = new ProgressLine("decompress", input.name(),
                    ArchiveFile.contentSize(input), common.messages())) {
                restored = ArchiveFile.restore(input, sink, models,
                        limit.applyTo(ReadOptions.DEFAULT).withThreads(common.threads())
                                .withKeepGoing(keepGoing).withListener(progress));
            }
            input.checkUnchanged();
            if (deletes && !Arrays.equals(sha256.digest(), digest(output))) {
                throw new FileException(output.name(), "is not on the disk as it was written; check the disk");
            }
            output.commit();
            for (Damage damage : restored.damages()) {
                Messages.error(input.name() + ": " + ArchiveFile.describe(damage));
            }
            if (restored.isUnordered()) {
                common.note(input.name() + ": its records come sorted; their first order was not kept");
            }
            common.messages().summary(String.format(Locale.ROOT, "%s: %,d bytes%s", input.name(), restored.size(),
                    output.isFile() ? ", " + output.name() : ""));
            if (deletes && restored.damages().isEmpty()) {
                input.delete();
            }
            return restored.damages().isEmpty();
        }
    }

    /** Of the file as it is read back. */
    private static byte[] digest(OutputFile output) throws IOException {
        MessageDigest sha256 = Checksums.sha256();
        try (InputStream in = new DigestInputStream(output.written(), sha256)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return sha256.digest();
    }

    /** The output's name; that of an archive with another suffix, known by its beginning, gets one more. */
    private String target(String in, Operands operands) throws FileException {
        if (operands.output().isPresent()) {
            return operands.output().get();
        }
        if (in.equals(OutputFile.STANDARD)) {
            return OutputFile.STANDARD;
        }
        if (in.endsWith(Operands.SUFFIX) && in.length() > Operands.SUFFIX.length()) {
            return in.substring(0, in.length() - Operands.SUFFIX.length());
        }
        if (InputFile.isArchive(in)) {
            return in + RESTORED;
        }
        if (!Files.exists(FileNames.path(in))) {
            throw FileException.of(in, new NoSuchFileException(in));
        }
        throw new ParameterException(spec.commandLine(),
                in + " does not end in " + Operands.SUFFIX + ", and is no archive");
    }
}
