package org.bbans.codec.format;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A temporary file cannot be written or read: the folder that it lies in is full, missing or forbidden. */
public final class TemporaryFileException extends IOException {

    private static final long serialVersionUID = 1L;

    /** @serial as text, for a path cannot be serialised */
    private final String folder;

    /**
     * A failure in a folder.
     *
     * @param folder holds the temporary file
     * @param cause what went wrong there
     */
    public TemporaryFileException(Path folder, IOException cause) {
        super("temporary files in " + folder + ": " + reason(cause)
                + "; make room there or have them written to another folder", cause);
        this.folder = folder.toString();
    }

    /** The folder that the temporary file was to lie in. */
    public String folder() {
        return folder;
    }

    private static String reason(IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return "no such folder";
        }
        return cause instanceof FileSystemException f && f.getReason() != null ? f.getReason() : cause.toString();
    }
}
