package org.bbans.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bbans.cli.io.FileException;
import org.bbans.cli.io.FileNames;
import org.bbans.cli.io.Messages;
import org.bbans.cli.io.StandardStreams;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The {@code bbans} command. */
public final class Main {

    private static final String COMPLETION = "generate-completion";

    /** The commands by their names: classes with annotations, or what describes one without. */
    private static final Map<String, Supplier<Object>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("compress", () -> CompressCommand.class);
        COMMANDS.put("decompress", () -> DecompressCommand.class);
        COMMANDS.put("list", ListCommand::spec);
        COMMANDS.put("extract", () -> ExtractCommand.class);
        COMMANDS.put("cat", () -> CatCommand.class);
        COMMANDS.put("verify", () -> VerifyCommand.class);
        COMMANDS.put("info", InfoCommand::spec);
        COMMANDS.put("models", ModelsCommand::spec);
        COMMANDS.put("estimate", () -> EstimateCommand.class);
        COMMANDS.put("train", () -> TrainCommand.class);
        COMMANDS.put("bench", () -> BenchCommand.class);
        COMMANDS.put(COMPLETION, () -> AutoComplete.GenerateCompletion.class);
    }

    private static final Map<String, String> EXIT_CODES = new LinkedHashMap<>();

    static {
        EXIT_CODES.put("0", "success");
        EXIT_CODES.put("1", "failure; one line on standard error says which file, what is wrong and what to do");
        EXIT_CODES.put("2", "wrong usage");
    }

    /** The system property that asks for stack traces. */
    private static final String DEBUG = "bbans.debug";

    private Main() {}

    /** @param args the command line */
    public static void main(String[] args) {
        StandardStreams.install();
        int code = run(FileNames.restore(args));
        Optional<FileException> failure = StandardStreams.finish();
        if (failure.isPresent()) {
            code = Math.max(code, CommandLine.ExitCode.SOFTWARE);
            if (!failure.get().isBrokenPipe()) {
                Messages.error(failure.get().getMessage());
            }
        }
        System.exit(code);
    }

    /** Runs a command; returns the exit code. */
    static int run(String... args) {
        String[] full = isCommand(args) ? args : OperationFlags.withCommand(args);
        return commandLine(full).execute(full);
    }

    private static boolean isCommand(String... args) {
        return args.length > 0 && COMMANDS.containsKey(args[0]);
    }

    /**
     * The parser. If the arguments name a command, it knows no other one: reading annotations is most of a short run.
     */
    static CommandLine commandLine(String... args) {
        CommandLine line = new CommandLine(spec());
        if (isCommand(args)) {
            line.addSubcommand(args[0], COMMANDS.get(args[0]).get());
        } else {
            COMMANDS.forEach((name, command) -> line.addSubcommand(name, command.get()));
            line.getSubcommands().get(COMPLETION).getCommandSpec().usageMessage().hidden(true);
        }
        // An argument is a name or an option; what a file of that name holds is neither.
        line.setExpandAtFiles(false);
        line.registerConverter(Path.class, FileNames::path);
        line.setExecutionStrategy(Main::execute);
        line.setExecutionExceptionHandler((failure, command, parsed) -> report(failure));
        line.setParameterExceptionHandler((failure, arguments) -> {
            CommandLine command = failure.getCommandLine();
            Messages.error(FileException.oneLine(describe(failure)) + "; try '"
                    + command.getCommandSpec().qualifiedName() + " --help'");
            return CommandLine.ExitCode.USAGE;
        });
        return line;
    }

    private static String describe(CommandLine.ParameterException failure) {
        if (failure instanceof CommandLine.UnmatchedArgumentException unmatched
                && failure.getCommandLine().getParent() == null && !unmatched.getUnmatched().isEmpty()
                && !unmatched.getUnmatched().get(0).startsWith("-")) {
            return "'" + unmatched.getUnmatched().get(0) + "' is no command, and there is no such file";
        }
        return failure.getMessage().replaceFirst("^Error: ", "");
    }

    private static CommandSpec spec() {
        CommandSpec[] self = new CommandSpec[1];
        Runnable nothing = () -> {
            throw new CommandLine.ParameterException(self[0].commandLine(), "no command given");
        };
        CommandSpec spec = new QuickSpec(nothing, "Lossless compression of collections of similar records (images, "
                + "sensor frames, any fixed-size records) with a trained model and bits-back coding; of any other "
                + "file with LZMA2.").build();
        self[0] = spec;
        spec.name("bbans").versionProvider(new Version());
        spec.usageMessage().synopsisSubcommandLabel("COMMAND")
                .footerHeading("%nExamples:%n")
                .footer("  bbans compress digits.idx                 writes digits.idx.bba",
                        "  bbans decompress digits.idx.bba           writes digits.idx",
                        "  bbans compress photos                     a folder: writes photos.bba",
                        "  bbans train photos.npy --out photos.safetensors",
                        "  tar -I bbans -cf dir.tar.bba dir",
                        "Without a command, options as gzip has them: bbans FILE compresses, -d decompresses, "
                                + "-t verifies, -l lists.")
                .exitCodeListHeading("%nExit codes:%n").exitCodeList(EXIT_CODES);
        return spec;
    }

    private static int execute(CommandLine.ParseResult parsed) {
        try {
            checkNoneIsEmpty(parsed);
            return new CommandLine.RunLast().execute(parsed);
        } catch (OutOfMemoryError e) {
            Messages.error("this takes more memory than Java has been given; use fewer threads (-T1), or set "
                    + "BBANS_JAVA_OPTS to -Xmx4g or more");
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    /**
     * An empty argument is a variable that a script has not set; as a path it would be the working directory. Widths of
     * layers may be empty: there are no layers then.
     */
    private static void checkNoneIsEmpty(CommandLine.ParseResult parsed) {
        for (CommandLine.ParseResult p = parsed; p != null; p = p.subcommand()) {
            for (ArgSpec argument : p.matchedArgs()) {
                if (!argument.paramLabel().startsWith("WIDTHS")
                        && argument.originalStringValues().contains("")) {
                    throw new CommandLine.ParameterException(p.commandSpec().commandLine(),
                            (argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel())
                                    + " is empty, which names nothing");
                }
            }
        }
    }

    /** Prints one line about a failure; returns the exit code. */
    private static int report(Throwable failure) {
        if (Boolean.getBoolean(DEBUG)) {
            failure.printStackTrace();
        }
        if (failure instanceof CommandLine.ParameterException usage) {
            throw usage;
        }
        if (!(failure instanceof FileException file && file.isBrokenPipe())) {
            Messages.error(failure instanceof FileException ? failure.getMessage()
                    : "internal error: " + FileException.oneLine(failure.toString())
                            + "; please report it, with what BBANS_JAVA_OPTS=-D" + DEBUG + "=true prints");
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
