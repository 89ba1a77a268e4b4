package org.bbans.codec.collection;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * A file, folder or symbolic link of a collection.
 *
 * @param path names below the folder that is restored into, with slashes between them; empty for a content that has no
 *     name, whose other properties are 0 then
 * @param type what it is
 * @param mode permission bits, {@code 0 .. 07777}
 * @param seconds time of the last modification since 1970
 * @param nanos of the second, {@code 0 .. 999,999,999}
 * @param target where a link leads, as it was written; empty otherwise
 * @param content where a file's bytes lie; null otherwise
 */
public record CollectionEntry(byte[] path, EntryType type, int mode, long seconds, int nanos, byte[] target,
        StoredContent content) {

    /** Bytes that a path or a link's target may have. */
    public static final int MAX_PATH = 1 << 15;
    /** Seconds before and after 1970 within which times are kept. */
    public static final long MAX_SECONDS = 1L << 40;

    private static final int MAX_MODE = 0xFFF;
    private static final int BILLION = 1_000_000_000;

    /** What an entry is. */
    public enum EntryType {
        /** A regular file. */
        FILE,
        /** A folder, empty or not. */
        FOLDER,
        /** A symbolic link. */
        LINK
    }

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if the path could lead out of the folder, or a number is out of range
     */
    public CollectionEntry {
        Objects.requireNonNull(type);
        boolean isNameless = path.length == 0 && type == EntryType.FILE && mode == 0 && seconds == 0 && nanos == 0;
        if (!isNameless && !isSafe(path)) {
            throw new IllegalArgumentException("the path " + printable(path) + " is not one below a folder");
        }
        if (mode < 0 || mode > MAX_MODE || Math.abs(seconds) > MAX_SECONDS || nanos < 0 || nanos >= BILLION
                || target.length > MAX_PATH || type == EntryType.LINK == (target.length == 0)
                || type == EntryType.FILE == (content == null)) {
            throw new IllegalArgumentException("impossible properties of " + printable(path));
        }
        for (byte b : target) {
            if (b == 0) {
                throw new IllegalArgumentException("a zero byte in the target of " + printable(path));
            }
        }
    }

    /** Whether a path has names only: none is empty, {@code .} or {@code ..}, no byte is zero. */
    static boolean isSafe(byte[] path) {
        if (path.length == 0 || path.length > MAX_PATH) {
            return false;
        }
        int start = 0;
        for (int i = 0; i <= path.length; i++) {
            if (i == path.length || path[i] == '/') {
                int n = i - start;
                if (n == 0 || n == 1 && path[start] == '.' || n == 2 && path[start] == '.' && path[start + 1] == '.') {
                    return false;
                }
                start = i + 1;
            } else if (path[i] == 0) {
                return false;
            }
        }
        return true;
    }

    /** A content that has no name. */
    public static CollectionEntry nameless(StoredContent content) {
        return new CollectionEntry(new byte[0], EntryType.FILE, 0, 0, 0, new byte[0], content);
    }

    /** The path as text; what is not UTF-8 in it becomes U+FFFD. */
    public String name() {
        return new String(path, StandardCharsets.UTF_8);
    }

    /** The path as messages name it, in one line. */
    String label() {
        return printable(path);
    }

    private static String printable(byte[] path) {
        return new String(path, StandardCharsets.UTF_8).replaceAll("\\p{Cc}", "?");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CollectionEntry that && Arrays.equals(path, that.path) && type == that.type
                && mode == that.mode && seconds == that.seconds && nanos == that.nanos
                && Arrays.equals(target, that.target) && Objects.equals(content, that.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(path);
    }

    @Override
    public String toString() {
        return type + " " + name();
    }
}
