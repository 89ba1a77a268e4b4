package org.bbans.model.image;

import java.util.Locale;

/** The networks of a model: one for a plane alone, and one for each plane of a colour image. */
enum ImageHead {
    /** A plane that does not look at others. */
    GREY(48),
    /** The first plane of a colour image, which looks at two that come later. */
    GREEN(54),
    /** The second plane. */
    RED(59),
    /** The third plane. */
    BLUE(64);

    private final int inputs;

    ImageHead(int inputs) {
        this.inputs = inputs;
    }

    /** Number of inputs. */
    int inputs() {
        return inputs;
    }

    /** Number of inputs, filled up to whole vectors by zeros. */
    int paddedInputs() {
        return (inputs + ImageKernels.UNIT - 1) / ImageKernels.UNIT * ImageKernels.UNIT;
    }

    /** The name in tensors. */
    String tensorName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
