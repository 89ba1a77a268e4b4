package org.bbans.cli;

import org.bbans.cli.io.FileException;
import org.bbans.cli.io.InputFile;
import org.bbans.cli.io.OutputFile;
import picocli.CommandLine.Option;

/** Options that say what becomes of an input once its output is complete. */
final class AfterSuccess {

    @Option(names = {"-k", "--keep"}, description = "Keep FILE (the default).")
    private boolean keep;

    @Option(names = "--rm", description = "Delete FILE once its output is complete, on the disk, and checked there; "
            + "never if that goes to standard output or a device.")
    private boolean remove;

    /** Whether inputs are to be deleted at all; {@code options} may be null. */
    static boolean asked(AfterSuccess options) {
        return options != null && options.remove;
    }

    /** Whether an input is to be deleted; {@code options} may be null. */
    static boolean deletes(AfterSuccess options, InputFile input, OutputFile output) throws FileException {
        boolean deletes = options != null && options.remove && input.path() != null && output.isFile();
        if (deletes) {
            input.checkDeletable();
        }
        return deletes;
    }
}
