package org.bbans.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The {@code bbans} command. */
@Command(name = "bbans", mixinStandardHelpOptions = true, versionProvider = Main.Version.class,
        description = {"Lossless compression of collections of similar records (images, sensor frames, any fixed-size records) "
            + "with a trained model and bits-back coding; of any other file with LZMA2."},
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {CompressCommand.class, DecompressCommand.class, VerifyCommand.class, InfoCommand.class,
            ModelsCommand.class, AutoComplete.GenerateCompletion.class},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:success", "1:failure; one line on standard error says which file, what is wrong and what to do",
            "2:wrong usage"})
public final class Main {

    /** The system property that asks for stack traces. */
    private static final String DEBUG = "bbans.debug";

    private Main() {
    }

    /** @param args the command line */
    public static void main(String[] args) {
        StandardError.restore();
        int code = commandLine().execute(args);
        System.out.flush();
        System.exit(code);
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.getSubcommands().get("generate-completion").getCommandSpec().usageMessage().hidden(true);
        line.setExecutionExceptionHandler((failure, command, parsed) -> report(failure, command));
        line.setParameterExceptionHandler((failure, arguments) -> {
            CommandLine command = failure.getCommandLine();
            command.getErr().println("bbans: " + FileException.oneLine(failure.getMessage()) + "; try '"
                    + command.getCommandSpec().qualifiedName() + " --help'");
            return CommandLine.ExitCode.USAGE;
        });
        return line;
    }

    /** Prints one line about a failure; returns the exit code. */
    private static int report(Throwable failure, CommandLine command) {
        if (Boolean.getBoolean(DEBUG)) {
            failure.printStackTrace(command.getErr());
        }
        if (failure instanceof CommandLine.ParameterException usage) {
            throw usage;
        }
        if (!(failure instanceof FileException file && file.isBrokenPipe())) {
            command.getErr().println("bbans: " + (failure instanceof FileException ? failure.getMessage()
                    : "internal error: " + FileException.oneLine(failure.toString())
                    + "; please report it, with what BBANS_JAVA_OPTS=-D" + DEBUG + "=true prints"));
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** Prints the version that the jar was built as. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"bbans " + (version == null ? "(development)" : version)};
        }
    }
}
