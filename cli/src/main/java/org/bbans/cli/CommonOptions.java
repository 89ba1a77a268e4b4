package org.bbans.cli;

import java.util.ArrayList;
import java.util.List;
import org.bbans.cli.io.Messages;
import org.bbans.codec.engine.Engines;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of all commands that work on whole files. */
final class CommonOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = {"-T", "--threads"}, paramLabel = "N", defaultValue = "0",
            description = "Threads to use; 0 (the default) for as many as there are processors. Never changes the "
                    + "result.")
    private int threads;

    @Option(names = {"-q", "--quiet"}, description = "No progress, no notes; only errors.")
    private boolean quiet;

    @Option(names = {"-v", "--verbose"}, description = "Say what was found and decided.")
    private boolean verbose;

    int threads() {
        if (threads < 0 || threads > 1024) {
            throw new ParameterException(spec.commandLine(), "--threads must be 0 to 1024, not " + threads);
        }
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /** These options as arguments of another command. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of("--threads", Integer.toString(threads)));
        if (quiet) {
            arguments.add("--quiet");
        }
        if (verbose) {
            arguments.add("--verbose");
        }
        return arguments;
    }

    boolean quiet() {
        return quiet;
    }

    /** What is printed, as far as these options let it. */
    Messages messages() {
        return new Messages(quiet, verbose);
    }

    /**
     * Prints the engine of long jobs on standard error with {@code -v}, and why it is no better one.
     *
     * @throws ParameterException if the one that is asked for cannot be had
     */
    void showEngine() {
        try {
            Engines.forWork(0);
        } catch (IllegalStateException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        detail(Engines.describe());
    }

    /** Prints a line on standard error with {@code -v}. */
    void detail(String line) {
        messages().detail(line);
    }

    /** Prints a line on standard error, unless {@code -q} is given. */
    void note(String line) {
        messages().note(line);
    }
}
