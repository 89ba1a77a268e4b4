package org.bbans.cli.io;

/**
 * Lines for the user on standard error, one each and without control characters.
 *
 * @param quiet whether only errors are printed
 * @param verbose whether details are printed too
 */
public record Messages(boolean quiet, boolean verbose) {

    /** Prints what went wrong. */
    public static void error(String line) {
        System.err.println("bbans: " + FileException.printable(line));
    }

    /** Prints what the user should know, unless {@code quiet}. */
    public void note(String line) {
        if (!quiet) {
            error(line);
        }
    }

    /** Prints what was found and decided, if {@code verbose}. */
    public void detail(String line) {
        if (verbose && !quiet) {
            error(line);
        }
    }

    /** Prints a file's result: for someone who watches, or who wants details. */
    public void summary(String line) {
        if (!quiet && (verbose || Terminal.hasError())) {
            error(line);
        }
    }
}
