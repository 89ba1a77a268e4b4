package org.bbans.cli;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bbans.cli.io.FileException;
import org.bbans.cli.io.FileNames;
import org.bbans.cli.io.InputFile;
import org.bbans.cli.io.OutputFile;
import org.bbans.cli.io.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Which of the names on the command line are read and which one is written. A second of two names is an output only
 * where nothing else can be meant, for it is easily a second input ({@code *.idx}) that would be lost.
 *
 * @param inputs what is read, each on its own
 * @param output what is written; empty if each input has its own name for that
 */
record Operands(List<String> inputs, Optional<String> output) {

    /** The suffix of archives. */
    static final String SUFFIX = ".bba";

    /**
     * Tells them apart.
     *
     * @param names as the user gives them, perhaps none
     * @param output what {@code -o} says, or null
     * @param toStandard whether {@code -c} is given
     * @param deletes whether what is read is deleted then
     * @throws ParameterException if they make no sense together
     * @throws FileException if a second name can neither be read nor written
     */
    static Operands of(List<String> names, String output, boolean toStandard, boolean compressing, boolean deletes,
            CommandLine command) throws FileException {
        if (output != null && toStandard) {
            throw new ParameterException(command, "-c and -o name two outputs");
        }
        Optional<String> named = toStandard ? Optional.of(OutputFile.STANDARD) : Optional.ofNullable(output);
        if (names.isEmpty()) {
            if (!Terminal.hasRedirectedInput()) {
                throw new ParameterException(command, "name a file, or - for standard input");
            }
            return new Operands(List.of(OutputFile.STANDARD), Optional.of(named.orElse(OutputFile.STANDARD)));
        }
        if (named.isEmpty() && names.size() == 2 && isOutput(names.get(0), names.get(1), compressing, deletes)) {
            return new Operands(names.subList(0, 1), Optional.of(names.get(1)));
        }
        if (named.isPresent() && names.size() > 1 && !compressing && !toStandard) {
            throw new ParameterException(command,
                    "one output can hold one file: without -o each archive gets its own");
        }
        return new Operands(names, named);
    }

    /** Whether several inputs go into one output. */
    boolean areTogether() {
        return output.isPresent() && inputs.size() > 1;
    }

    private static boolean isOutput(String first, String second, boolean compressing, boolean deletes)
            throws FileException {
        Path path = FileNames.path(second);
        if (second.equals(OutputFile.STANDARD)) {
            return true;
        }
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            // An input whose name has a slip of the finger would become the output, and a success.
            boolean mayBe = compressing ? second.endsWith(SUFFIX) || !deletes : !second.endsWith(SUFFIX);
            if (mayBe || first.equals(OutputFile.STANDARD)) {
                return true;
            }
            throw new FileException(second, "no such file or directory; if it is to be written, say so with -o");
        }
        if (Files.isDirectory(path)) {
            if (compressing) {
                return false;
            }
            throw new FileException(second, "is a directory; name a file in it");
        }
        if (!Files.isRegularFile(path)) {
            return true;
        }
        // It may as well be a second input, by a wildcard: -f alone does not mean that it may be lost.
        boolean looksLikeOutput = compressing ? second.endsWith(SUFFIX)
                : !second.endsWith(SUFFIX) && !InputFile.isArchive(second);
        if (looksLikeOutput || first.equals(OutputFile.STANDARD)) {
            throw new FileException(second, "exists already; if it may be overwritten, say so with -f -o");
        }
        return false;
    }
}
