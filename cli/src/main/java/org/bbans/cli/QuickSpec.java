package org.bbans.cli;

import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Describes to picocli, without annotations, a command that is over in a moment: reading annotations makes Java
 * generate classes, which takes it longer than all else of such a command.
 */
final class QuickSpec {

    private final CommandSpec spec;

    /** Hands on what picocli has found. */
    private record Setter<V>(Class<V> type, Consumer<V> consumer) implements ISetter {

        @Override
        public <T> T set(T value) {
            if (value != null) {
                consumer.accept(type.cast(value));
            }
            return null;
        }
    }

    /** A command of these words; {@code command} is what runs it. */
    QuickSpec(Object command, String... description) {
        spec = CommandSpec.wrapWithoutInspection(command);
        spec.usageMessage().description(description).sortOptions(false);
    }

    /** The operands. */
    QuickSpec operands(String arity, String label, String description, Consumer<List<String>> consumer) {
        @SuppressWarnings({"unchecked", "rawtypes"})
        Setter<?> setter = new Setter(List.class, consumer);
        spec.addPositional(PositionalParamSpec.builder().arity(arity).paramLabel(label).description(description)
                .type(List.class).auxiliaryTypes(String.class).setter(setter).build());
        return this;
    }

    /** An option without a value. */
    QuickSpec flag(Consumer<Boolean> consumer, String description, String... names) {
        spec.addOption(OptionSpec.builder(names).type(Boolean.class).arity("0").description(description)
                .setter(new Setter<>(Boolean.class, consumer)).build());
        return this;
    }

    /** An option with a value. */
    QuickSpec option(Consumer<String> consumer, String label, String description, String... names) {
        spec.addOption(OptionSpec.builder(names).type(String.class).paramLabel(label)
                .description(description).setter(new Setter<>(String.class, consumer)).build());
        return this;
    }

    /** All of it, with the options that every command has. */
    CommandSpec build() {
        spec.addOption(OptionSpec.builder("-h", "--help").usageHelp(true).arity("0")
                .description("Show this help message and exit.").build());
        spec.addOption(OptionSpec.builder("-V", "--version").versionHelp(true).arity("0")
                .description("Print version information and exit.").build());
        return spec;
    }
}
