package org.bbans.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bbans.codec.archive.ReadOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What an archive may ask for when it is read. */
final class LimitOption {

    private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,11})([KMG]?)(i?B)?", Pattern.CASE_INSENSITIVE);
    private static final String NONE = "none";

    /** The option's description where nothing but directories is read. */
    static final String DIRECTORIES = "Memory that directories and indexes may ask for, for example 2G (default: 512M, "
            + "or half of Java's if that is less); 'none' for no limit.";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = {"-M", "--memory"}, paramLabel = "SIZE",
            description = "Memory that an archive may ask for, for example 2G (default: 512M, or half of Java's if "
                    + "that is less); 'none' for no limit, nor one to the work of an embedded model and to content "
                    + "that an archive makes out of next to nothing.")
    private String memory;

    /**
     * Options with this limit.
     *
     * @throws ParameterException if it is no size
     */
    ReadOptions applyTo(ReadOptions options) {
        return limited(options, memory, spec);
    }

    /**
     * Options with a limit.
     *
     * @param memory as the user gives it; null for none
     * @param spec of the command that has the option
     * @throws ParameterException if it is no size
     */
    static ReadOptions limited(ReadOptions options, String memory, CommandSpec spec) {
        if (memory == null) {
            return options;
        }
        if (memory.equals(NONE)) {
            return options.withoutLimits();
        }
        Matcher size = SIZE.matcher(memory);
        if (!size.matches()) {
            throw new ParameterException(spec.commandLine(), "--memory takes a size such as 800M or 2G, or 'none', not "
                    + memory);
        }
        int shift = switch (size.group(2).toUpperCase(Locale.ROOT)) {
            case "K" -> 10;
            case "M" -> 20;
            case "G" -> 30;
            default -> 0;
        };
        long number = Long.parseLong(size.group(1));
        return options.withMemoryLimit(number > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : number << shift);
    }
}
