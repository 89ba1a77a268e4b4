package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class ManPageTest {

    private static final Set<String> MACROS = Set.of(".TH", ".SH", ".PP", ".TP", ".nf", ".fi");

    @Test
    void everyCommandAndOptionIsThere() {
        CommandLine line = Main.commandLine();
        String page = ManPage.roff(line, "1.2.3");
        assertThat(page).startsWith(".TH BBANS 1 \"\" \"bbans 1.2.3\"\n").doesNotContain("generate", "%n");
        Set<String> macros = page.lines().filter(l -> l.startsWith(".")).map(l -> l.split(" ")[0])
                .collect(Collectors.toSet());
        assertThat(macros).isEqualTo(MACROS);
        for (CommandLine command : line.getSubcommands().values()) {
            if (!command.getCommandSpec().usageMessage().hidden()) {
                String section = page.split("\\.SH BBANS " + command.getCommandName().toUpperCase() + "\n")[1]
                        .split("\n\\.SH ")[0];
                for (OptionSpec option : command.getCommandSpec().options()) {
                    assertThat(section.contains("\n\\fB" + option.names()[0].replace("-", "\\-")))
                            .as(command.getCommandName() + " " + option.names()[0]).isEqualTo(!option.hidden());
                }
            }
        }
    }
}
