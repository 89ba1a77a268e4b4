package org.bbans.codec.content.deflate;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Reads bits, the lowest of each byte first. */
final class BitInput {

    private final InputStream in;
    private final byte[] buffer = new byte[1 << 13];
    private int at;
    private int filled;
    private long bits;
    private int available;
    private boolean ended;
    private long bytes;

    BitInput(InputStream in) {
        this.in = in;
    }

    /** The next {@code n <= 24} bits without taking them; zeros behind the end. */
    int peek(int n) throws IOException {
        while (available < n && !ended) {
            if (at == filled) {
                filled = Math.max(0, in.read(buffer));
                at = 0;
                if (filled == 0) {
                    ended = true;
                    break;
                }
            }
            bits |= (buffer[at++] & 0xFFL) << available;
            available += Byte.SIZE;
            bytes++;
        }
        return (int) bits & (1 << n) - 1;
    }

    void skip(int n) throws EOFException {
        if (n > available) {
            throw new EOFException();
        }
        bits >>>= n;
        available -= n;
    }

    /** Takes {@code n <= 24} bits. */
    int bits(int n) throws IOException {
        int value = peek(n);
        skip(n);
        return value;
    }

    /** Bits up to the next byte. */
    int toByte() {
        return available & 7;
    }

    /** Bytes that were begun so far. */
    long position() {
        return bytes - available / Byte.SIZE;
    }
}
