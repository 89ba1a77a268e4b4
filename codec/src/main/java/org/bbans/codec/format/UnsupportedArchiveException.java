package org.bbans.codec.format;

/** The archive is sound as far as can be seen, but needs a newer version or a model that is not at hand. */
public final class UnsupportedArchiveException extends FormatException {

    /** @param message what is needed */
    public UnsupportedArchiveException(String message) {
        super(message);
    }
}
