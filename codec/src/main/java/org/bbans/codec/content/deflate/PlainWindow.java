package org.bbans.codec.content.deflate;

import java.io.IOException;
import java.io.InputStream;

/** The plain bytes around a place: what a match may reach back to, and what an encoder looks ahead. */
final class PlainWindow {

    /** Bytes ahead of a place that are there unless the input ends: two longest matches and some. */
    static final int AHEAD = 1 << 10;
    private static final int SIZE = 1 << 18;
    /** Bytes behind all others that mean nothing, so that several may be looked at at once. */
    private static final int MARGIN = DeflateTables.MAX_MATCH + Long.BYTES;

    private final InputStream in;
    /** The byte at place p is {@code bytes[p - base]}. */
    final byte[] bytes = new byte[SIZE + MARGIN];
    int base;
    private int filled;
    private boolean ended;

    PlainWindow(InputStream in) {
        this.in = in;
    }

    /** Number of bytes from a place on, at least {@link #AHEAD} unless the input ends; places must not go back. */
    int ahead(int place) throws IOException {
        if (base + filled - place < AHEAD && !ended) {
            fill(place);
        }
        return base + filled - place;
    }

    /** The place behind the last byte that is there. */
    int end() {
        return base + filled;
    }

    private void fill(int place) throws IOException {
        int from = Math.max(0, place - base - DeflateTables.WINDOW - DeflateTables.MAX_MATCH);
        if (SIZE - filled < SIZE / 2) {
            System.arraycopy(bytes, from, bytes, 0, filled - from);
            base += from;
            filled -= from;
        }
        while (filled < SIZE && !ended && base + filled - place < SIZE / 2) {
            int n = in.read(bytes, filled, SIZE - filled);
            ended = n < 0;
            filled += Math.max(n, 0);
        }
    }
}
