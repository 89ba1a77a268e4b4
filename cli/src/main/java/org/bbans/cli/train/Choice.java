package org.bbans.cli.train;

import java.util.Iterator;
import java.util.Locale;
import java.util.stream.Stream;
import org.bbans.model.spec.Activation;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an option whose values are the constants of an enum, in lower case. */
abstract class Choice<E extends Enum<E>> implements ITypeConverter<E>, Iterable<String> {

    private final Class<E> type;

    private Choice(Class<E> type) {
        this.type = type;
    }

    @Override
    public E convert(String value) {
        return Stream.of(type.getEnumConstants()).filter(c -> name(c).equals(value)).findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + value + "' is none of "
                        + String.join(", ", this)));
    }

    @Override
    public Iterator<String> iterator() {
        return Stream.of(type.getEnumConstants()).map(Choice::name).iterator();
    }

    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** The presets. */
    static final class Presets extends Choice<Preset> {
        Presets() {
            super(Preset.class);
        }
    }

    /** The activations. */
    static final class Activations extends Choice<Activation> {
        Activations() {
            super(Activation.class);
        }
    }

    /** The families. */
    static final class Families extends Choice<TrainedFamily> {
        Families() {
            super(TrainedFamily.class);
        }
    }
}
