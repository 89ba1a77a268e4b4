package org.bbans.codec.content.number;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** Reads a table of integers, one number after the other, and nothing that would not be written like this again. */
final class CsvReader implements Closeable {

    /** What has been read. */
    enum Token {
        /** A number with another behind it in its row. */
        VALUE,
        /** The last number of a row. */
        ROW_END,
        /** The end of the table, between rows. */
        END,
        /** Something else. */
        OTHER
    }

    private static final int BUFFER = 1 << 16;
    private static final int MAX_DIGITS = 18;
    private static final int END = -1;

    private final InputStream in;
    private final CsvFormat format;
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int filled;
    private long value;
    private boolean isOpen;

    /** @param in begins with the first row; comes to its end with the table */
    CsvReader(InputStream in, CsvFormat format) {
        this.in = in;
        this.format = format;
    }

    /** The number read last. */
    long value() {
        return value;
    }

    /** Whether the table's last row has no line end. */
    boolean isOpen() {
        return isOpen;
    }

    private int read() throws IOException {
        if (at == filled) {
            at = 0;
            filled = Math.max(0, in.read(buffer, 0, BUFFER));
        }
        return at == filled ? END : buffer[at++] & 0xFF;
    }

    Token next() throws IOException {
        int c = read();
        if (c == END) {
            return Token.END;
        }
        boolean negative = c == '-';
        c = negative ? read() : c;
        if (c < '0' || c > '9' || isOpen) {
            return Token.OTHER;
        }
        int first = c;
        int digits = 0;
        long number = 0;
        for (; c >= '0' && c <= '9' && digits <= MAX_DIGITS; c = read()) {
            number = 10 * number + c - '0';
            digits++;
        }
        if (digits > MAX_DIGITS || first == '0' && (digits > 1 || negative)) {
            return Token.OTHER;
        }
        value = negative ? -number : number;
        if (c == format.separator()) {
            return Token.VALUE;
        }
        if (c == END) {
            isOpen = true;
            return Token.ROW_END;
        }
        if (format.hasReturns() && c == '\r') {
            c = read();
        } else if (format.hasReturns()) {
            return Token.OTHER;
        }
        return c == '\n' ? Token.ROW_END : Token.OTHER;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
