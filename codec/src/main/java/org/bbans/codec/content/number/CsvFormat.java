package org.bbans.codec.content.number;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * How a table of integers is written.
 *
 * @param separator what stands between two numbers of a row
 * @param hasReturns whether a line ends with CR LF, not LF
 * @param headerBytes bytes of a line, with its end, before the first row
 */
record CsvFormat(int separator, boolean hasReturns, int headerBytes) {

    private static final int MAX_HEADER = 1 << 20;
    private static final int LOOKED_AT = 1 << 18;

    /**
     * The format of a table that begins like this: from its first line on, or else from its second one, all rows in
     * sight are of equally many numbers, two at least.
     */
    static Optional<CsvFormat> of(byte[] head, int length) {
        int first = lineEnd(head, 0, length);
        if (first < 0) {
            return Optional.empty();
        }
        boolean returns = first > 0 && head[first - 1] == '\r';
        Optional<CsvFormat> bare = of(head, 0, length, returns);
        return bare.isPresent() || first >= MAX_HEADER ? bare : of(head, first + 1, length, returns);
    }

    /** The place of the first LF; -1 if there is none. */
    private static int lineEnd(byte[] head, int from, int length) {
        for (int i = from; i < length; i++) {
            if (head[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static Optional<CsvFormat> of(byte[] head, int from, int length, boolean returns) {
        int at = from;
        while (at < length && (head[at] == '-' || head[at] >= '0' && head[at] <= '9')) {
            at++;
        }
        int firstEnd = lineEnd(head, at, length);
        if (at == from || firstEnd < 0 || ",;\t |".indexOf(head[at]) < 0 || !isText(head, from)) {
            return Optional.empty();
        }
        // Up to the end of a row, which is not where the bytes end.
        int end = Math.max(firstEnd + 1, Math.min(length, from + LOOKED_AT));
        while (head[end - 1] != '\n') {
            end--;
        }
        CsvFormat format = new CsvFormat(head[at], returns, from);
        try (CsvReader rows = new CsvReader(new ByteArrayInputStream(head, from, end - from), format)) {
            return CsvTable.of(rows) == null ? Optional.empty() : Optional.of(format);
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory", e);
        }
    }

    /** Whether a line may be a table's first one: it has no control characters but the tabulator. */
    private static boolean isText(byte[] head, int headerBytes) {
        for (int i = 0; i < headerBytes; i++) {
            boolean control = head[i] >= 0 && head[i] < ' ' && head[i] != '\t';
            if (control && (i < headerBytes - 2 || head[i] != '\r' && head[i] != '\n')) {
                return false;
            }
        }
        return true;
    }
}
