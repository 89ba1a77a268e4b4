package org.bbans.cli.train;

import picocli.CommandLine.ITypeConverter;

/**
 * The hurdle that a likelihood is to have, as one types it.
 *
 * @param kind whether there is one, and whether its mark has a network of its own
 * @param widths of the hidden layers of that network
 */
record HurdleOption(Kind kind, Widths widths) {

    /** In place of widths. */
    static final String ON_TRUNK = "trunk";
    static final HurdleOption NONE = new HurdleOption(Kind.NONE, Widths.of());
    static final HurdleOption TRUNK = new HurdleOption(Kind.TRUNK, Widths.of());

    /** No hurdle, a mark with a network of its own, or one on the levels' trunk. */
    enum Kind {
        NONE, OWN, TRUNK
    }

    static HurdleOption of(Integer... widths) {
        return new HurdleOption(Kind.OWN, Widths.of(widths));
    }

    @Override
    public String toString() {
        return kind == Kind.TRUNK ? ON_TRUNK : widths.toString();
    }

    /** Reads the option; nothing means none. */
    static final class Converter implements ITypeConverter<HurdleOption> {
        @Override
        public HurdleOption convert(String text) {
            return text.isBlank() ? NONE : text.equals(ON_TRUNK) ? TRUNK
                    : new HurdleOption(Kind.OWN, Widths.parse(text, "16,16 or " + ON_TRUNK));
        }
    }
}
