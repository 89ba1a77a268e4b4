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

    /**
     * The format of a table that begins like this: its first row, or else its second line, is one of two numbers or
     * more.
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
        if (at == from || at == length || ",;\t |".indexOf(head[at]) < 0) {
            return Optional.empty();
        }
        CsvFormat format = new CsvFormat(head[at], returns, from);
        try (CsvReader row = new CsvReader(new ByteArrayInputStream(head, from, length - from), format)) {
            CsvReader.Token token = row.next();
            while (token == CsvReader.Token.VALUE) {
                token = row.next();
            }
            return token == CsvReader.Token.ROW_END && !row.isOpen() ? Optional.of(format) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory", e);
        }
    }
}
