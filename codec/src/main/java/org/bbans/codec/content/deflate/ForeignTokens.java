package org.bbans.codec.content.deflate;

import java.io.IOException;
import org.bbans.codec.wire.BitCoder;

/**
 * Codes the tokens of encoders that are not of zlib's family: those of Zopfli, libdeflate and others take the same
 * matches by other rules, or the cheapest way through all of them. So what there is at a place is looked at: its
 * longest match in the whole window, and of matches of a length how many are nearer.
 */
final class ForeignTokens {

    /** From this number of nearer matches on the distance is coded as it is. */
    private static final int MOST_NEARER = 255;
    private static final int LENGTH_CLASSES = 8;
    private static final int DISTANCE_CLASSES = 4;
    private static final int RELATIONS = 3;
    private static final int HISTORY = 2;

    private final PlainWindow plain;
    private final BitCoder coder;
    private final MatchFinder finder;

    private final BitCoder.Contexts hits = BitCoder.Contexts
            .expecting(RELATIONS * LENGTH_CLASSES * DISTANCE_CLASSES << HISTORY, 1);
    private final BitCoder.Contexts kinds = new BitCoder.Contexts(LENGTH_CLASSES * LENGTH_CLASSES);
    private final BitCoder.Contexts longest = new BitCoder.Contexts(RELATIONS * LENGTH_CLASSES);
    private final BitCoder.Contexts lengths = new BitCoder.Contexts(LENGTH_CLASSES << Byte.SIZE);
    private final BitCoder.Contexts nearest = new BitCoder.Contexts(2 * LENGTH_CLASSES);
    private final BitCoder.Contexts nearer = new BitCoder.Contexts(2 << Byte.SIZE);
    private final BitCoder.Contexts distances = new BitCoder.Contexts(32 + DeflateTables.DISTANCE_CODES * 16);

    /** The next place to enter into the finder's chains. */
    private int entered;
    private int history;

    ForeignTokens(PlainWindow plain, BitCoder coder) {
        this.plain = plain;
        this.coder = coder;
        finder = new MatchFinder(DeflateEncoder.EXHAUSTIVE, plain);
    }

    /** Begins a stream at a place. */
    void begin(int place) {
        finder.begin(place);
        entered = place;
    }

    /**
     * Codes a token.
     *
     * @param actual the token, ignored by a coder that reads
     * @param place where it is
     * @param predicted what is predicted there
     * @return the token; -1 if it is none
     */
    int code(int actual, int place, int predicted) throws IOException {
        int ahead = plain.ahead(place);
        finder.enter(Math.max(entered, place - DeflateTables.WINDOW), place + 1);
        entered = place + 1;
        finder.search(place, DeflateTables.MIN_MATCH - 1, ahead);
        int most = finder.reaches(finder.distance) ? finder.length : DeflateTables.MIN_MATCH - 1;
        int mostClass = lengthClass(most);
        boolean match = DeflateBlock.isMatch(predicted);
        int length = match ? DeflateBlock.bytes(predicted) : 0;
        int relation = !match ? 0 : length == most ? 1 : 2;
        int context = (relation * LENGTH_CLASSES + mostClass) * DISTANCE_CLASSES
                + (most < DeflateTables.MIN_MATCH ? 0 : distanceClass(finder.distance));
        int hit = coder.bit(hits, context << HISTORY | history, actual == predicted ? 1 : 0);
        history = (history << 1 | 1 - hit) & (1 << HISTORY) - 1;
        if (hit == 1) {
            return predicted;
        }
        boolean isMatch = !match || coder.bit(kinds, mostClass * LENGTH_CLASSES + lengthClass(length),
                DeflateBlock.isMatch(actual) ? 1 : 0) == 1;
        return isMatch ? match(actual, place, most, relation, length)
                : plain.bytes[place - plain.base] & 0xFF;
    }

    private int match(int actual, int place, int most, int relation, int predicted) {
        boolean given = DeflateBlock.isMatch(actual);
        int length = given ? DeflateBlock.bytes(actual) : 0;
        int distance = given ? DeflateBlock.distance(actual) : 0;
        int mostClass = lengthClass(most);
        if (most >= DeflateTables.MIN_MATCH
                && coder.bit(longest, relation * LENGTH_CLASSES + mostClass, length == most ? 1 : 0) == 1) {
            length = most;
        } else {
            length = coder.tree(lengths, mostClass << Byte.SIZE, Byte.SIZE,
                    Math.max(0, length - DeflateTables.MIN_MATCH)) + DeflateTables.MIN_MATCH;
        }
        int same = length == predicted ? 1 : 0;
        int before = given ? finder.nearer(place, length, distance, MOST_NEARER) : 0;
        if (coder.bit(nearest, same * LENGTH_CLASSES + lengthClass(length), before == 0 ? 1 : 0) == 1) {
            before = 0;
        } else {
            before = coder.tree(nearer, same << Byte.SIZE, Byte.SIZE, before);
        }
        distance = before == MOST_NEARER ? distance(distance) : finder.distance(place, length, before);
        return distance == 0 ? -1 : DeflateBlock.match(length, distance);
    }

    /** Codes a distance as it is; 0 if there is no such one. */
    private int distance(int given) {
        int code = coder.tree(distances, 0, 5, given == 0 ? 0 : DeflateTables.distanceCode(given));
        if (code >= DeflateTables.DISTANCE_CODES) {
            return 0;
        }
        int extra = given == 0 ? 0 : given - DeflateTables.DISTANCE_BASE[code];
        int value = 0;
        for (int i = DeflateTables.DISTANCE_EXTRA[code] - 1; i >= 0; i--) {
            value = value << 1 | coder.bit(distances, 32 + code * 16 + i, extra >>> i & 1);
        }
        return DeflateTables.DISTANCE_BASE[code] + value;
    }

    private static int lengthClass(int length) {
        return length < 3 ? 0 : length < 6 ? length - 2 : length < 8 ? 4 : length < 16 ? 5 : length < 258 ? 6 : 7;
    }

    private static int distanceClass(int distance) {
        return distance <= 256 ? 0 : distance <= 4096 ? 1 : distance <= 8192 ? 2 : 3;
    }
}
