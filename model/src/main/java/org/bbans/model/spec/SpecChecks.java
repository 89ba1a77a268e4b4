package org.bbans.model.spec;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** Checks of what descriptions say; each throws an {@link IllegalArgumentException} that says what is wrong. */
public final class SpecChecks {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private SpecChecks() {}

    /**
     * Checks a model's name, which is printed on terminals and is part of the names of checkpoints.
     *
     * @throws IllegalArgumentException if it is no letter or digit and up to 63 letters, digits, dots, lines or dashes
     */
    public static void name(String name) {
        check(NAME.matcher(Objects.requireNonNull(name)).matches(),
                "a name has 1 to 64 letters, digits, '.', '_', '-'");
    }

    /** Checks the widths of hidden layers, and copies them. */
    static List<Integer> widths(String what, List<Integer> hidden) {
        final List<Integer> copy = List.copyOf(hidden);
        check(copy.size() <= ModelSpec.MAX_LAYERS,
                what + ": at most " + ModelSpec.MAX_LAYERS + " hidden layers, not " + copy.size());
        copy.forEach(w -> range(what + " width", w, 1, ModelSpec.MAX_WIDTH));
        return copy;
    }

    /** Checks the sizes of a softmax's table and of its palette. */
    static void softmax(int rank, int palette) {
        range("rank", rank, 1, ModelSpec.MAX_TABLE_RANK);
        range("palette", palette, 0, ModelSpec.MAX_PALETTE);
    }

    /** Checks that a number lies between two others, or is one of them. */
    static void range(String what, int value, int low, int high) {
        check(value >= low && value <= high, what + " must be " + low + " to " + high + ", not " + value);
    }

    /** Checks a condition. */
    static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
