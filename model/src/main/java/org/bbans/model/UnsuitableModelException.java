package org.bbans.model;

import java.io.IOException;
import org.bbans.model.spec.ModelSpec;

/** A model that has to be used does not fit the content. */
public final class UnsuitableModelException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient ModelSpec model;

    UnsuitableModelException(ModelSpec model) {
        super("model " + model.name() + " fits no records of this content");
        this.model = model;
    }

    /** The model's architecture; null once this exception has been serialised. */
    public ModelSpec model() {
        return model;
    }
}
