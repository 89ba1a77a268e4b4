package org.bbans.codec.format;

/**
 * The archive is sound as far as can be seen, but needs a newer version, a model that is not at hand, or more memory,
 * work or content than the limits allow.
 */
public final class UnsupportedArchiveException extends FormatException {

    /** @param message what is needed, and what allows it */
    public UnsupportedArchiveException(String message) {
        super(message);
    }
}
