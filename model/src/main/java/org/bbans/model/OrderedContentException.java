package org.bbans.model;

import java.io.IOException;

/** The order of records was to be left out of a content that has none, or that cannot do without. */
public final class OrderedContentException extends IOException {

    private static final long serialVersionUID = 1L;

    /** @param message why, for people */
    OrderedContentException(String message) {
        super(message);
    }
}
