package org.bbans.cli.io;

/** What the launcher found out about the terminal; Java itself cannot ask about one stream alone. */
public final class Terminal {

    private Terminal() {}

    /** Whether standard error is a terminal. */
    public static boolean hasError() {
        return Boolean.getBoolean("bbans.terminal.err");
    }

    /** Whether standard output is a terminal. */
    public static boolean hasOutput() {
        return Boolean.getBoolean("bbans.terminal.out");
    }

    /** Whether standard input is certainly no terminal, so that it is worth being read without being named. */
    public static boolean hasRedirectedInput() {
        return "false".equals(System.getProperty("bbans.terminal.in"));
    }
}
