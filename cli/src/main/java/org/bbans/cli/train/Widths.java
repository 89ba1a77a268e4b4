package org.bbans.cli.train;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Widths of the hidden layers of a network, as one types them: {@code 64,64}, or nothing for no hidden layers.
 *
 * @param list the widths
 */
record Widths(List<Integer> list) {

    static Widths of(Integer... widths) {
        return new Widths(List.of(widths));
    }

    @Override
    public String toString() {
        return list.stream().map(Object::toString).collect(Collectors.joining(","));
    }

    /** Reads widths. */
    static final class Converter implements ITypeConverter<Widths> {
        @Override
        public Widths convert(String text) {
            return parse(text, "64,64");
        }
    }

    /** @param example of what can be typed, for the message */
    static Widths parse(String text, String example) {
        try {
            return text.isBlank() ? of() : of(Arrays.stream(text.split(",")).map(s -> Integer.valueOf(s.strip()))
                    .toArray(Integer[]::new));
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is not a list of widths; write for example " + example);
        }
    }
}
