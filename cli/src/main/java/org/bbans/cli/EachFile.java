package org.bbans.cli;

import java.io.IOException;
import java.util.List;
import org.bbans.cli.io.FileException;
import org.bbans.cli.io.Messages;

/** Does the same to several files; what is wrong with one of them does not keep the others from their turn. */
final class EachFile {

    private EachFile() {}

    /** What is done to a file. */
    @FunctionalInterface
    interface FileTask {

        /**
         * Does it.
         *
         * @return whether all is well; if not, it has been said why
         * @throws FileException if it cannot be done, about which nothing has been said
         */
        boolean run(String file) throws IOException;
    }

    /** Whether all went well; failures are printed, each on a line. */
    static boolean of(List<String> files, FileTask task) throws IOException {
        boolean well = true;
        for (String file : files) {
            try {
                well &= task.run(file);
            } catch (FileException e) {
                if (e.isBrokenPipe()) {
                    // Nobody reads what would follow either.
                    return false;
                }
                Messages.error(e.getMessage());
                well = false;
            }
        }
        return well;
    }
}
