package org.bbans.cli.io;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.TemporaryFileException;

/** Something is wrong with a file. The message is one line for the user: which file, what is wrong, what to do. */
public final class FileException extends IOException {

    private static final long serialVersionUID = 1L;

    /** What the system says when no other file would fare better. */
    private static final Pattern FOR_ALL = Pattern.compile("no space left|not enough space|quota|input/output error"
            + "|too many open files|cannot allocate memory", Pattern.CASE_INSENSITIVE);

    private final boolean brokenPipe;
    private final boolean concernsAll;

    public FileException(String file, String problem) {
        super(printable(file) + ": " + oneLine(problem));
        brokenPipe = false;
        concernsAll = false;
    }

    private FileException(String file, IOException cause) {
        super(printable(file) + ": " + describe(cause), cause);
        String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        brokenPipe = text.contains("broken pipe") || text.contains("connection reset");
        concernsAll = !(cause instanceof FileSystemException f)
                || f.getReason() != null && FOR_ALL.matcher(f.getReason()).find();
    }

    /** The same failure, with the file's name; one that has a name already keeps it. */
    public static FileException of(String file, IOException cause) {
        if (cause instanceof TemporaryFileException temporary && temporary.getCause() instanceof IOException reason) {
            return new FileException(temporary.folder(), describe(reason)
                    + "; temporary files lie there: where else, the environment variable TMPDIR says");
        }
        return cause instanceof FileException named ? named : new FileException(file, cause);
    }

    /** Whether the reader of our output went away, about which there is nothing to say. */
    public boolean isBrokenPipe() {
        return brokenPipe;
    }

    /** Whether the failure is not that of one file's name, place or properties: a full disk, or a damaged archive. */
    public boolean concernsAll() {
        return concernsAll;
    }

    private static String describe(IOException cause) {
        if (cause instanceof FormatException) {
            return oneLine(cause.getMessage());
        }
        if (cause instanceof NoSuchFileException) {
            return "no such file or directory; check the name";
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied; check the permissions of the file and its directory";
        }
        String text = cause instanceof FileSystemException f && f.getReason() != null ? f.getReason()
                : cause.getMessage();
        if (text == null) {
            return "input or output error (" + cause.getClass().getSimpleName() + ")";
        }
        if (text.contains("No space left")) {
            return "no space left on the device; free some space or write to another place";
        }
        if (text.contains("quota exceeded")) {
            return "the disk quota is exceeded; free some space or write to another place";
        }
        if (text.contains("File too large")) {
            return "a file may not become that large here; write to another place, or raise the limit (ulimit -f)";
        }
        if (text.contains("File name too long")) {
            return "the name is too long for this disk; another disk may take it, or a shorter name";
        }
        if (text.contains("Too many levels of symbolic links")) {
            return "too many levels of symbolic links";
        }
        if (text.contains("Is a directory")) {
            return "is a directory; name a file";
        }
        return oneLine(text);
    }

    /** What is damaged, on one line, without the advice to save what is sound, which is being done. */
    public static String withoutAdvice(String text) {
        return oneLine(text).replaceFirst("; get [a-z]+ (complete )?copy, or decompress with --keep-going .*", "")
                .replaceFirst("; get another copy$", "");
    }

    /** A text on one line, without anything that moves a terminal's cursor; there are files of such names. */
    public static String printable(String text) {
        return text.replaceAll("\\p{Cc}", "?");
    }

    public static String oneLine(String text) {
        return text == null ? "" : text.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }
}
