package org.bbans.cli;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bbans.cli.io.FileNames;
import org.bbans.cli.io.Terminal;

/**
 * Command lines without a command, as the users of gzip, xz and zstd type them: {@code bbans FILE} compresses,
 * {@code bbans -d FILE} decompresses, {@code -t} verifies, {@code -l} lists, and {@code bbans} between two pipes is a
 * filter, as {@code tar -I} wants it. They are turned into those with a command.
 */
final class OperationFlags {

    /** Short options that take a value, which is no flag then. */
    private static final String WITH_VALUE = "moTM";
    /** Long options that take a value in the next argument. */
    private static final Set<String> LONG_WITH_VALUE =
            Set.of("--model", "--output", "--threads", "--memory", "--record-shape", "--skip", "--block-records",
                    "--exclude", "--steps", "--train");

    private String command;
    /** The option that the last level stands for; null for the middle. */
    private String effort;
    private final List<String> rest = new ArrayList<>();

    private OperationFlags() {}

    /** The same with a command in front; the arguments as they are if that is not what they mean. */
    static String[] withCommand(String... args) {
        if (args.length == 0) {
            return Terminal.hasRedirectedInput() && !Terminal.hasOutput() ? new String[] {"compress"} : args;
        }
        if (Set.of("-h", "--help", "-V", "--version").contains(args[0])) {
            return args;
        }
        if (!args[0].startsWith("-") && !Files.exists(FileNames.path(args[0]))) {
            return args;
        }
        OperationFlags flags = new OperationFlags();
        flags.read(Arrays.asList(args));
        String command = Optional.ofNullable(flags.command).orElse("compress");
        // As with gzip, a level says nothing to other commands: tar -I 'bbans -9' uncompresses with -9 -d.
        if (flags.effort != null && command.equals("compress")) {
            flags.rest.add(0, flags.effort);
        }
        flags.rest.add(0, command);
        return flags.rest.toArray(String[]::new);
    }

    private void read(List<String> args) {
        for (int i = 0; i < args.size(); i++) {
            String argument = args.get(i);
            if (argument.equals("--")) {
                rest.addAll(args.subList(i, args.size()));
                return;
            }
            if (argument.startsWith("--")) {
                longOption(argument);
            } else if (argument.length() > 1 && argument.startsWith("-")) {
                shortOptions(argument.substring(1));
            } else {
                rest.add(argument);
            }
            boolean takesNext = LONG_WITH_VALUE.contains(argument) || argument.length() > 1
                    && argument.charAt(0) == '-' && argument.charAt(1) != '-' && valueAt(argument) == argument.length();
            if (takesNext && i + 1 < args.size()) {
                rest.add(args.get(++i));
            }
        }
    }

    /** Where the value of a bundle of short options begins; its end if that is the next argument; else -1. */
    private static int valueAt(String bundle) {
        for (int at = 1; at < bundle.length(); at++) {
            if (WITH_VALUE.indexOf(bundle.charAt(at)) >= 0) {
                return at + 1;
            }
        }
        return -1;
    }

    private void longOption(String option) {
        switch (option) {
            case "--decompress", "--uncompress" -> command = "decompress";
            case "--compress" -> command = "compress";
            case "--test" -> command = "verify";
            case "--list" -> command = "info";
            case "--fast", "--best" -> effort = option;
            default -> rest.add(option);
        }
    }

    private void shortOptions(String letters) {
        StringBuilder others = new StringBuilder();
        for (int at = 0; at < letters.length(); at++) {
            char letter = letters.charAt(at);
            int end = at;
            while (end < letters.length() && letters.charAt(end) >= '0' && letters.charAt(end) <= '9') {
                end++;
            }
            if (end > at) {
                level(letters.substring(at, end));
                at = end - 1;
                continue;
            }
            if (WITH_VALUE.indexOf(letter) >= 0) {
                others.append(letters, at, letters.length());
                break;
            }
            switch (letter) {
                case 'd' -> command = "decompress";
                case 'z' -> command = "compress";
                case 't' -> command = "verify";
                case 'l' -> command = "info";
                default -> others.append(letter);
            }
        }
        if (!others.isEmpty()) {
            rest.add("-" + others);
        }
    }

    /** Of one digit, as gzip and xz have them, or of two, as zstd has. */
    private void level(String digits) {
        effort = digits.length() > 1 || digits.charAt(0) >= '7' ? "--best" : digits.charAt(0) <= '3' ? "--fast" : null;
    }
}
