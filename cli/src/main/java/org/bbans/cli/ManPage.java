package org.bbans.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Writes, for the distribution, the manual page in roff and the completion of command lines for bash and zsh. */
final class ManPage {

    private ManPage() {}

    /** @param args the folder to write into, and the version */
    public static void main(String[] args) throws IOException {
        Path folder = Files.createDirectories(Path.of(args[0]));
        CommandLine line = Main.commandLine();
        Files.writeString(folder.resolve("bbans.1"), roff(line, args[1]), StandardCharsets.UTF_8);
        Files.writeString(folder.resolve("bbans.bash"), AutoComplete.bash("bbans", line), StandardCharsets.UTF_8);
    }

    /** The page, with a section for every command. */
    static String roff(CommandLine line, String version) {
        UsageMessageSpec usage = line.getCommandSpec().usageMessage();
        StringBuilder page = new StringBuilder(".TH BBANS 1 \"\" \"bbans " + text(version) + "\"\n");
        page.append(".SH NAME\nbbans \\- lossless compression of similar records and of images\n.SH SYNOPSIS\n");
        synopsis(page, line);
        page.append(".SH DESCRIPTION\n");
        paragraphs(page, usage.description());
        arguments(page, line.getCommandSpec());
        for (CommandLine command : visible(line)) {
            page.append(".SH BBANS ").append(text(command.getCommandName().toUpperCase(Locale.ROOT)))
                    .append('\n');
            synopsis(page, command);
            page.append(".PP\n");
            paragraphs(page, command.getCommandSpec().usageMessage().description());
            arguments(page, command.getCommandSpec());
            examples(page, command.getCommandSpec().usageMessage());
        }
        page.append(".SH EXIT STATUS\n");
        for (Map.Entry<String, String> code : usage.exitCodeList().entrySet()) {
            page.append(".TP\n").append(text(code.getKey())).append('\n').append(text(code.getValue())).append('\n');
        }
        page.append(".SH EXAMPLES\n");
        literal(page, usage.footer());
        return page.toString();
    }

    private static List<CommandLine> visible(CommandLine line) {
        return line.getSubcommands().values().stream()
                .filter(command -> !command.getCommandSpec().usageMessage().hidden()).toList();
    }

    private static void synopsis(StringBuilder page, CommandLine line) {
        literal(page, new Help(line.getCommandSpec(), Help.defaultColorScheme(Help.Ansi.OFF)).synopsis(0).strip()
                .split("\n"));
    }

    private static void arguments(StringBuilder page, CommandSpec spec) {
        for (PositionalParamSpec operand : spec.positionalParameters()) {
            argument(page, operand.paramLabel(), operand);
        }
        for (OptionSpec option : spec.options()) {
            String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
            argument(page, String.join(", ", option.names()) + value, option);
        }
    }

    private static void argument(StringBuilder page, String name, ArgSpec argument) {
        if (!argument.hidden()) {
            page.append(".TP\n\\fB").append(text(name)).append("\\fR\n");
            paragraphs(page, argument.description());
        }
    }

    private static void examples(StringBuilder page, UsageMessageSpec usage) {
        if (usage.footer().length > 0) {
            page.append(".PP\n");
            paragraphs(page, usage.footerHeading());
            literal(page, usage.footer());
        }
    }

    private static void paragraphs(StringBuilder page, String... lines) {
        for (String line : lines) {
            String text = formatted(line).strip();
            if (!text.isEmpty()) {
                page.append(text(text)).append('\n');
            }
        }
    }

    private static void literal(StringBuilder page, String... lines) {
        page.append(".nf\n");
        for (String line : lines) {
            page.append(text(formatted(line)).stripTrailing()).append('\n');
        }
        page.append(".fi\n");
    }

    /** What picocli's format signs stand for. */
    private static String formatted(String line) {
        return line.replace("%n", " ").replace("%%", "%");
    }

    /** Text as roff takes it literally, even at the beginning of a line. */
    private static String text(String plain) {
        String escaped = plain.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
                .replace("^", "\\(ha").replace("~", "\\(ti");
        return escaped.startsWith(".") ? "\\&" + escaped : escaped;
    }
}
