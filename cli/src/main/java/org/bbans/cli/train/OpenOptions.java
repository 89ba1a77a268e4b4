package org.bbans.cli.train;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/**
 * Options that are null while they are left open, by the user or by a preset. Subclasses have nothing but fields with
 * {@link Option}.
 */
abstract class OpenOptions {

    /** Takes what is open here from other options of the same class. */
    final void fill(OpenOptions others) {
        options().forEach(option -> {
            if (value(option) == null) {
                try {
                    option.set(this, others.value(option));
                } catch (IllegalAccessException e) {
                    throw new AssertionError(e);
                }
            }
        });
    }

    /** Names of the options that are not open. */
    final List<String> given() {
        return options().filter(option -> value(option) != null).map(OpenOptions::name).toList();
    }

    /** The options that are not open, as one types them. */
    @Override
    public final String toString() {
        return options().filter(option -> value(option) != null)
                .map(option -> name(option) + " " + typed(value(option))).collect(Collectors.joining(" "));
    }

    private static String typed(Object value) {
        return value instanceof Enum<?> e ? Choice.name(e)
                : value instanceof List<?> list ? list.stream().map(Object::toString).collect(Collectors.joining(","))
                        : value.toString();
    }

    private Stream<Field> options() {
        return Arrays.stream(getClass().getDeclaredFields()).filter(f -> f.isAnnotationPresent(Option.class))
                .peek(f -> f.setAccessible(true));
    }

    private static String name(Field option) {
        return option.getAnnotation(Option.class).names()[0];
    }

    private Object value(Field option) {
        try {
            return option.get(this);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
