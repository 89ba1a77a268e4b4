package org.bbans.codec.content.deflate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds the match that zlib's {@code longest_match} finds: of the places in the chain of a hash of three bytes, from
 * the last one entered back, no more than the encoder looks at, the first of those with the longest match.
 *
 * <p>Where those are many, places have chains of longer hashes too. A match longer than the best one so far is in the
 * chain of a hash of as many bytes, in the same order; and {@link #rank} says which of the first chain's places the
 * encoder would not have got to. So the result is the same, in a fraction of the steps.
 */
final class MatchFinder {

    private static final int MIN_MATCH = DeflateTables.MIN_MATCH;
    private static final int MAX_MATCH = DeflateTables.MAX_MATCH;
    private static final VarHandle WORDS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;
    /** Shorter chains are walked to their end. */
    private static final int LONG_CHAIN = 128;
    /** Bytes of the longer hashes. */
    private static final int[] HASHED = {4, 6, 8};
    private static final int LONG_HASH_BITS = 15;
    /** Farther than any match may be. */
    private static final int FAR = 0xFFFF;

    private final DeflateEncoder encoder;
    private final PlainWindow plain;
    private final byte[] bytes;
    private final int windowMask;
    private final int maxDistance;
    private final int hashShift;
    private final int hashMask;
    /** The first place of the stream: it is never found, as in zlib, and nor is what lies before it. */
    private int start;
    /** For each hash the last place that has it; 0 for none. */
    private final int[] head;
    /** For a place, at its remainder by the window: how far back the one before it in its chain is. */
    private final char[] back;
    /** How many places its chain had before it, modulo 2^16. */
    private final char[] rank;
    /** Heads and steps of the chains of longer hashes, of each in turn; none if there are not any. */
    private final int[][] longHead;
    private final char[][] longBack;

    /** Length and distance of the match found last; a length of 2 for none. */
    int length;
    int distance;

    MatchFinder(DeflateEncoder encoder, PlainWindow plain) {
        this.encoder = encoder;
        this.plain = plain;
        bytes = plain.bytes;
        int window = 1 << encoder.windowBits();
        windowMask = window - 1;
        maxDistance = window - (MAX_MATCH + MIN_MATCH + 1);
        hashShift = (encoder.hashBits() + MIN_MATCH - 1) / MIN_MATCH;
        head = new int[1 << encoder.hashBits()];
        hashMask = head.length - 1;
        back = new char[window];
        rank = new char[window];
        boolean hasLong = encoder.chain() > LONG_CHAIN;
        longHead = new int[hasLong ? HASHED.length : 0][1 << LONG_HASH_BITS];
        longBack = new char[longHead.length][window];
    }

    /** Begins a stream at a place that is not entered yet: what was entered before is found no more. */
    void begin(int place) {
        start = place;
    }

    /** Enters the places {@code from .. to} into their chains. */
    void enter(int from, int to) {
        int base = plain.base;
        int end = Math.max(from, Math.min(to, plain.end() - MIN_MATCH + 1));
        for (int at = from; at < end; at++) {
            int i = at - base;
            int hash = ((bytes[i] & 0xFF) << 2 * hashShift ^ (bytes[i + 1] & 0xFF) << hashShift ^ bytes[i + 2] & 0xFF)
                    & hashMask;
            int before = head[hash];
            back[at & windowMask] = (char) Math.min(at - before, FAR);
            rank[at & windowMask] = (char) (rank[before & windowMask] + 1);
            head[hash] = at;
        }
        for (int k = 0; k < longHead.length; k++) {
            enter(from, end, longHead[k], longBack[k], Long.SIZE - Byte.SIZE * HASHED[k]);
        }
        for (int at = end; at < to; at++) {
            back[at & windowMask] = FAR;
        }
    }

    private void enter(int from, int to, int[] heads, char[] steps, int shift) {
        for (int at = from; at < to; at++) {
            long word = (long) WORDS.get(bytes, at - plain.base) << shift;
            int hash = (int) (word * MULTIPLIER >>> Long.SIZE - LONG_HASH_BITS);
            steps[at & windowMask] = (char) Math.min(at - heads[hash], FAR);
            heads[hash] = at;
        }
    }

    /**
     * Sets {@link #length} and {@link #distance} to those of the match at an entered place.
     *
     * @param than only a longer match is wanted, 2 or more
     * @param ahead plain bytes from the place on
     */
    void search(int at, int than, int ahead) {
        length = MIN_MATCH - 1;
        int candidate = at - back[at & windowMask];
        if (candidate <= start || at - candidate > maxDistance) {
            return;
        }
        int left = than >= encoder.good() ? encoder.chain() >> 2 : encoder.chain();
        int most = Math.min(MAX_MATCH, ahead);
        int enough = Math.min(encoder.nice(), ahead);
        int limit = Math.max(at - maxDistance, start);
        if (longHead.length > 0) {
            searchLong(at, candidate, than, left, most, enough);
            return;
        }
        int here = at - plain.base;
        int toBytes = -plain.base;
        int best = than;
        do {
            int n = equal(candidate + toBytes, here, best, most);
            if (n > best) {
                best = n;
                length = n;
                distance = at - candidate;
                if (n >= enough) {
                    return;
                }
            }
            candidate -= back[candidate & windowMask];
        } while (candidate > limit && --left != 0);
    }

    /** {@link #search} by the chains of longer hashes too. */
    private void searchLong(int at, int first, int than, int left, int most, int enough) {
        int here = at - plain.base;
        int toBytes = -plain.base;
        int limit = Math.max(at - maxDistance, start);
        int own = rank[at & windowMask];
        int best = than;
        // Of the first place alone the distance may be the largest.
        int candidate = first;
        int n = equal(first + toBytes, here, best, most);
        int chain = -1;
        while (true) {
            if (n > best) {
                best = n;
                length = n;
                distance = at - candidate;
                if (n >= enough) {
                    return;
                }
            }
            int found = candidate;
            int longest = chainFor(best + 1);
            if (longest != chain) {
                chain = longest;
                candidate = at;
            }
            char[] steps = chain < 0 ? back : longBack[chain];
            do {
                candidate -= steps[candidate & windowMask];
            } while (candidate >= found);
            while (true) {
                if (candidate <= limit) {
                    return;
                }
                n = equal(candidate + toBytes, here, best, most);
                if (n >= MIN_MATCH && (char) (own - rank[candidate & windowMask]) > left) {
                    return;
                }
                if (n > best) {
                    break;
                }
                candidate -= steps[candidate & windowMask];
            }
        }
    }

    /** Whether places of this distance are in reach of {@link #nearer}; of the search those one farther may be too. */
    boolean reaches(int matchDistance) {
        return matchDistance < maxDistance;
    }

    /**
     * Number of places in reach that match so many bytes at a place and are nearer than a distance.
     *
     * @param limit result if there are more, or what is at the distance itself cannot be reached
     */
    int nearer(int at, int matchLength, int matchDistance, int limit) {
        int count = 0;
        int d = next(at, matchLength, 0);
        while (d != 0 && d < matchDistance && count < limit) {
            count++;
            d = next(at, matchLength, d);
        }
        return d == matchDistance ? count : limit;
    }

    /** Distance of the place that matches so many bytes and has a number of such ones nearer; 0 if there is none. */
    int distance(int at, int matchLength, int before) {
        int d = next(at, matchLength, 0);
        for (int i = 0; i < before && d != 0; i++) {
            d = next(at, matchLength, d);
        }
        return d;
    }

    /** The least distance above one at which so many bytes match, if it is in reach; 0 if there is none. */
    private int next(int at, int matchLength, int above) {
        if (matchLength > plain.end() - at) {
            return 0;
        }
        int chain = chainFor(matchLength);
        char[] steps = chain < 0 ? back : longBack[chain];
        int here = at - plain.base;
        int limit = Math.max(at - maxDistance, start);
        int candidate = at - above;
        candidate -= steps[candidate & windowMask];
        while (candidate > limit) {
            if (equal(candidate - plain.base, here, matchLength - 1, matchLength) == matchLength) {
                return at - candidate;
            }
            candidate -= steps[candidate & windowMask];
        }
        return 0;
    }

    /** The chain of the longest hash of so many bytes or fewer; -1 for the first chain. */
    private static int chainFor(int bytes) {
        int k = HASHED.length - 1;
        while (k >= 0 && HASHED[k] > bytes) {
            k--;
        }
        return k;
    }

    /** Number of equal bytes from two places on, at most {@code most}; anything up to {@code best} if no more. */
    private int equal(int a, int b, int best, int most) {
        long difference = (long) WORDS.get(bytes, a) ^ (long) WORDS.get(bytes, b);
        if (difference != 0) {
            return Math.min(Long.numberOfTrailingZeros(difference) >>> 3, most);
        }
        if (best >= Long.BYTES) {
            int last = best - Long.BYTES + 1;
            if ((long) WORDS.get(bytes, a + last) != (long) WORDS.get(bytes, b + last)) {
                return Long.BYTES;
            }
        }
        int n = Long.BYTES;
        while (n < most) {
            difference = (long) WORDS.get(bytes, a + n) ^ (long) WORDS.get(bytes, b + n);
            if (difference != 0) {
                n += Long.numberOfTrailingZeros(difference) >>> 3;
                break;
            }
            n += Long.BYTES;
        }
        return Math.min(n, most);
    }
}
