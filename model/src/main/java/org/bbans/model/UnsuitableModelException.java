package org.bbans.model;

import java.io.IOException;

/** A model that has to be used does not fit the content. */
public final class UnsuitableModelException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String model;

    /** @param model what it is and what it codes, for people */
    UnsuitableModelException(String model) {
        super(model + "; there are none in this content");
        this.model = model;
    }

    /** The model and what it codes, for people. */
    public String model() {
        return model;
    }
}
