package org.bbans.cli;

/** What the launcher found out about the terminal; Java itself cannot ask about one stream alone. */
final class Terminal {

    private Terminal() {
    }

    /** Whether standard error is a terminal. */
    static boolean hasError() {
        return Boolean.getBoolean("bbans.terminal.err");
    }

    /** Whether standard output is a terminal. */
    static boolean hasOutput() {
        return Boolean.getBoolean("bbans.terminal.out");
    }
}
