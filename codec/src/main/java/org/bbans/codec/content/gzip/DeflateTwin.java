package org.bbans.codec.content.gzip;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Compresses exactly as gzip or zlib do, to the last bit: the same window, the same hash chains, the same lazy
 * matching, the same ends of blocks. Not meant to compress anything, only to find the stream again that one of them
 * wrote.
 *
 * <p>The algorithm is the one of RFC 1951 section 4 as those programs fill it in. Whatever looks arbitrary here (a
 * search that may run into old bytes behind the end of the input, a hash that is not started anew) decides over bytes.
 *
 * <p>Written from RFC 1951 and the documented behaviour of zlib 1.2.13 and GNU gzip 1.12, and checked against their
 * output.
 */
final class DeflateTwin {

    private static final int WINDOW = 1 << 15;
    private static final int MIN_MATCH = 3;
    private static final int MAX_MATCH = 258;
    private static final int MIN_LOOKAHEAD = MAX_MATCH + MIN_MATCH + 1;
    private static final int MAX_DISTANCE = WINDOW - MIN_LOOKAHEAD;
    /** A match of length 3 farther away than this is not worth its distance. */
    private static final int TOO_FAR = 4096;

    /** For each level: good length, lazy length, nice length, chain length. */
    private static final int[][] LEVELS = {
            {}, {4, 4, 8, 4}, {4, 5, 16, 8}, {4, 6, 32, 32}, {4, 4, 16, 16}, {8, 16, 32, 32}, {8, 16, 128, 128},
            {8, 32, 128, 256}, {32, 128, 258, 1024}, {32, 258, 258, 4096}};
    private static final int FIRST_LAZY_LEVEL = 4;

    private final DeflateVariant variant;
    private final InputStream in;
    private final BlockWriter block;
    private final int level;
    private final int good;
    private final int lazy;
    private final int nice;
    private final int chain;

    private final byte[] window = new byte[2 * WINDOW];
    private final short[] head;
    private final short[] previous = new short[WINDOW];
    private final int hashMask;
    private final int hashShift;

    private int hash;
    private int start;
    private int lookahead;
    private int blockStart;
    private int matchStart;
    private boolean ended;

    private DeflateTwin(DeflateVariant variant, int level, InputStream in, OutputStream out) {
        this.variant = variant;
        this.level = level;
        this.in = in;
        this.block = new BlockWriter(out, 1 << variant.symbolBits, level > 2 ? variant.truncateMask : -1);
        good = LEVELS[level][0];
        lazy = LEVELS[level][1];
        nice = LEVELS[level][2];
        chain = LEVELS[level][3];
        head = new short[1 << variant.hashBits];
        hashMask = head.length - 1;
        hashShift = (variant.hashBits + MIN_MATCH - 1) / MIN_MATCH;
    }

    /**
     * Writes the raw DEFLATE stream of everything that {@code in} holds.
     *
     * @param level 1 to 9
     * @param out written to in small pieces; give it a buffer
     */
    static void deflate(DeflateVariant variant, int level, InputStream in, OutputStream out) throws IOException {
        if (level < 1 || level > 9) {
            throw new IllegalArgumentException("level " + level);
        }
        DeflateTwin twin = new DeflateTwin(variant, level, in, out);
        twin.fill();
        twin.hash = (twin.window[0] & 0xFF) << twin.hashShift ^ twin.window[1] & 0xFF;
        if (level < FIRST_LAZY_LEVEL) {
            twin.greedy();
        } else {
            twin.lazy();
        }
    }

    private void greedy() throws IOException {
        while (lookahead != 0) {
            int candidate = insert(start, start + lookahead);
            int length = 0;
            if (candidate != 0 && start - candidate <= MAX_DISTANCE) {
                length = Math.min(longestMatch(candidate, MIN_MATCH - 1), lookahead);
            }
            boolean flush;
            if (length >= MIN_MATCH) {
                flush = block.match(start - matchStart, length, start - blockStart);
                int end = start + lookahead;
                lookahead -= length;
                if (length <= lazy && (lookahead >= MIN_MATCH || !variant.niceWithinInput)) {
                    for (int i = 1; i < length; i++) {
                        insert(start + i, end);
                    }
                    start += length;
                } else {
                    start += length;
                    hash = ((window[start] & 0xFF) << hashShift ^ window[start + 1] & 0xFF) & hashMask;
                }
            } else {
                flush = block.literal(window[start] & 0xFF, start - blockStart);
                lookahead--;
                start++;
            }
            if (flush) {
                flush(false);
            }
            refill();
        }
        flush(true);
    }

    private void lazy() throws IOException {
        int length = MIN_MATCH - 1;
        boolean pending = false;
        while (lookahead != 0) {
            int candidate = insert(start, start + lookahead);
            int previousLength = length;
            int previousMatch = matchStart;
            length = MIN_MATCH - 1;
            if (candidate != 0 && previousLength < lazy && start - candidate <= MAX_DISTANCE) {
                length = Math.min(longestMatch(candidate, previousLength), lookahead);
                if (length == MIN_MATCH && start - matchStart > TOO_FAR) {
                    length--;
                }
            }
            if (previousLength >= MIN_MATCH && length <= previousLength) {
                boolean flush = block.match(start - 1 - previousMatch, previousLength, start - blockStart);
                int end = start + lookahead;
                lookahead -= previousLength - 1;
                for (int i = previousLength - 2; i > 0; i--) {
                    start++;
                    insert(start, end);
                }
                pending = false;
                length = MIN_MATCH - 1;
                start++;
                if (flush) {
                    flush(false);
                }
            } else {
                if (pending && block.literal(window[start - 1] & 0xFF, start - blockStart)) {
                    flush(false);
                }
                pending = true;
                start++;
                lookahead--;
            }
            refill();
        }
        if (pending) {
            block.literal(window[start - 1] & 0xFF, start - blockStart);
        }
        flush(true);
    }

    private void flush(boolean last) throws IOException {
        block.flush(window, blockStart, start - blockStart, last);
        blockStart = start;
    }

    private void refill() throws IOException {
        while (lookahead < MIN_LOOKAHEAD && !ended) {
            fill();
        }
    }

    /** Enters the string at {@code at} into its hash chain; returns the chain's last head, 0 for none. */
    private int insert(int at, int end) {
        if (variant.niceWithinInput && at + MIN_MATCH > end) {
            return 0;
        }
        hash = (hash << hashShift ^ window[at + MIN_MATCH - 1] & 0xFF) & hashMask;
        int last = head[hash] & 0xFFFF;
        previous[at & WINDOW - 1] = (short) last;
        head[hash] = (short) at;
        return last;
    }

    private int longestMatch(int candidate, int previousLength) {
        int left = previousLength >= good ? chain >> 2 : chain;
        int best = previousLength;
        int enough = variant.niceWithinInput ? Math.min(nice, lookahead) : nice;
        int limit = Math.max(start - MAX_DISTANCE, 0);
        int at = candidate;
        do {
            if (window[at + best] == window[start + best] && window[at + best - 1] == window[start + best - 1]) {
                int mismatch = Arrays.mismatch(window, at, at + MAX_MATCH, window, start, start + MAX_MATCH);
                int length = mismatch < 0 ? MAX_MATCH : mismatch;
                if (length > best) {
                    matchStart = at;
                    best = length;
                    if (length >= enough) {
                        break;
                    }
                }
            }
            at = previous[at & WINDOW - 1] & 0xFFFF;
        } while (at > limit && --left != 0);
        return best;
    }

    private void fill() throws IOException {
        if (start >= WINDOW + MAX_DISTANCE) {
            System.arraycopy(window, WINDOW, window, 0, WINDOW);
            matchStart -= WINDOW;
            start -= WINDOW;
            blockStart -= WINDOW;
            slide(head);
            slide(previous);
        }
        int n = in.readNBytes(window, start + lookahead, window.length - lookahead - start);
        lookahead += n;
        if (n == 0) {
            ended = true;
            Arrays.fill(window, start + lookahead, Math.min(start + lookahead + MIN_MATCH - 1, window.length),
                    (byte) 0);
        }
    }

    private static void slide(short[] positions) {
        for (int i = 0; i < positions.length; i++) {
            int at = positions[i] & 0xFFFF;
            positions[i] = (short) (at >= WINDOW ? at - WINDOW : 0);
        }
    }
}
