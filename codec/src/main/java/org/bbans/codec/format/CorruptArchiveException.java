package org.bbans.codec.format;

/** The archive is damaged: a check failed, a field is out of range, or bytes are missing. */
public final class CorruptArchiveException extends FormatException {

    /** @param message what is wrong and where */
    public CorruptArchiveException(String message) {
        super(message);
    }

    /**
     * @param message what is wrong and where
     * @param cause what found it
     */
    public CorruptArchiveException(String message, Throwable cause) {
        super(message, cause);
    }
}
