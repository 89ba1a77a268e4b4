package org.bbans.codec.content.deflate;

import java.io.IOException;
import java.io.InputStream;

/**
 * The plain bytes around a place: what a match may reach back to, and what an encoder looks ahead. They may be those of
 * several streams, one behind the other; what is before and behind the bytes of the present one is then out of sight.
 */
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
    private int streamEnd = Integer.MAX_VALUE;

    PlainWindow(InputStream in) {
        this.in = in;
    }

    /** Begins a stream of so many bytes; {@link Long#MAX_VALUE} for all that are left. */
    void begin(int place, long plainBytes) {
        streamEnd = (int) Math.min(Integer.MAX_VALUE, place + Math.min(plainBytes, Integer.MAX_VALUE));
    }

    /** Number of bytes from a place on, at least {@link #AHEAD} unless the stream ends; places must not go back. */
    int ahead(int place) throws IOException {
        if (base + filled - place < AHEAD && !ended) {
            fill(place);
        }
        return end() - place;
    }

    /** The place behind the last byte of the stream that is there. */
    int end() {
        return Math.min(base + filled, streamEnd);
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
