package org.bbans.codec.format;

import java.io.IOException;

/** The input is not an archive that this program can decode. The message says what is wrong, where, and what to do. */
public sealed class FormatException extends IOException
        permits CorruptArchiveException, NotAnArchiveException, UnsupportedArchiveException {

    FormatException(String message) {
        super(message);
    }

    FormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
