package org.bbans.codec.format;

/** The input does not begin like an archive. */
public final class NotAnArchiveException extends FormatException {

    /** @param message what was found instead */
    public NotAnArchiveException(String message) {
        super(message);
    }
}
