package org.bbans.codec.content.deflate;

import java.io.IOException;
import java.util.Arrays;

/**
 * Says which token an encoder would write at a place, given the tokens that were written before. It follows the stream
 * wherever that goes, so that one choice that differs costs no more than that.
 *
 * <p>Chains, bounds and the order of decisions are zlib's (its {@code deflate_fast}, {@code deflate_slow} and {@code
 * longest_match}, as their published description has them): what looks arbitrary here decides over bits.
 */
final class TokenPredictor {

    private static final int MIN_MATCH = DeflateTables.MIN_MATCH;
    private static final int MAX_MATCH = DeflateTables.MAX_MATCH;
    /** No match. */
    private static final int NONE = MIN_MATCH - 1;
    /** A match of three bytes farther away than this is not worth its distance. */
    private static final int TOO_FAR = 4096;
    /** Matches that are not taken from filtered data. */
    private static final int SHORT_MATCH = 5;

    private final DeflateEncoder encoder;
    private final PlainWindow plain;
    private final byte[] bytes;
    private final MatchFinder finder;

    /** The next place; all before it are coded. */
    private int place;
    /** The stream's first place. */
    private int start;
    /** The next place to enter into its chain. */
    private int entered;
    /** Length of the match at the place before that was given up for a literal; {@link #NONE} if there was none. */
    private int deferred = NONE;
    /** Length and distance of the match found last. */
    private int length;
    private int distance;
    /** The match at {@link #place}, if it was sought already when the place before was predicted; -1 if not. */
    private int known = -1;
    private int knownDistance;
    /** The match at the place of the last prediction. */
    private int here = NONE;

    TokenPredictor(DeflateEncoder encoder, PlainWindow plain) {
        this.encoder = encoder;
        this.plain = plain;
        bytes = plain.bytes;
        finder = new MatchFinder(encoder, plain);
    }

    /** Begins a stream at the next place, of so many plain bytes; {@link Long#MAX_VALUE} for all that are left. */
    void begin(long plainBytes) {
        plain.begin(place, plainBytes);
        finder.begin(place);
        start = place;
        entered = place;
        deferred = NONE;
        known = -1;
        here = NONE;
    }

    /** Plain bytes of the stream before the next place. */
    int taken() {
        return place - start;
    }

    /** The next place. */
    int place() {
        return place;
    }

    /** Plain bytes from the next place on, at least {@link PlainWindow#AHEAD} unless they end. */
    int ahead() throws IOException {
        return plain.ahead(place);
    }

    /** The byte at the next place; there must be one. */
    int literal() {
        return bytes[place - plain.base] & 0xFF;
    }

    /** The token at the next place, of at least one byte; there must be one. */
    int predict() throws IOException {
        int ahead = plain.ahead(place);
        here = NONE;
        return switch (encoder.search()) {
            case LITERALS -> literal();
            case RUNS -> run(ahead);
            case GREEDY -> greedy(ahead);
            case LAZY, FILTERED -> lazy(ahead);
        };
    }

    /** Whether a match is possible at the next place: it copies what is there. */
    boolean isRight(int matchLength, int matchDistance) throws IOException {
        if (matchDistance > taken() || matchLength > plain.ahead(place) || matchDistance > DeflateTables.WINDOW) {
            return false;
        }
        int at = place - plain.base;
        return Arrays.mismatch(bytes, at, at + matchLength, bytes, at - matchDistance,
                at - matchDistance + matchLength) < 0;
    }

    /** Takes the token that was written at the place of the last {@link #predict}. */
    void take(int token) {
        int n = DeflateBlock.bytes(token);
        if (DeflateBlock.isMatch(token)) {
            if (encoder.search() == DeflateEncoder.Search.GREEDY && n > encoder.lazy()) {
                entered = place + n;
            }
            deferred = NONE;
            known = -1;
        } else {
            deferred = here > NONE && here < encoder.lazy() ? here : NONE;
            known = deferred == NONE ? -1 : known;
        }
        place += n;
    }

    /** Takes bytes that no tokens stand for; false if there are fewer, or more than {@link DeflateRecipe#MAX_PLAIN}. */
    boolean takeStored(int n) throws IOException {
        for (int left = n; left > 0;) {
            int step = Math.min(left, PlainWindow.AHEAD / 2);
            if (plain.ahead(place) < step || place >= DeflateRecipe.MAX_PLAIN) {
                return false;
            }
            enter(entered, place + step);
            place += step;
            left -= step;
        }
        deferred = NONE;
        known = -1;
        return true;
    }

    private int run(int ahead) {
        int at = place - plain.base;
        if (place == start || ahead < MIN_MATCH) {
            return literal();
        }
        int most = Math.min(ahead, MAX_MATCH);
        int mismatch = Arrays.mismatch(bytes, at, at + most, bytes, at - 1, at - 1 + most);
        int n = mismatch < 0 ? most : mismatch;
        return n < MIN_MATCH ? literal() : DeflateBlock.match(n, 1);
    }

    private int greedy(int ahead) {
        enter(entered, place + 1);
        search(place, NONE, ahead);
        return length < MIN_MATCH ? literal() : DeflateBlock.match(length, distance);
    }

    private int lazy(int ahead) {
        enter(entered, place + 1);
        if (known >= 0) {
            length = known;
            distance = knownDistance;
        } else {
            worth(place, deferred, ahead);
        }
        known = -1;
        here = length;
        if (length < MIN_MATCH) {
            return literal();
        }
        int token = DeflateBlock.match(length, distance);
        if (length < encoder.lazy() && ahead > 1) {
            int first = length;
            enter(entered, place + 2);
            worth(place + 1, first, ahead - 1);
            known = length;
            knownDistance = distance;
            if (length > first) {
                return literal();
            }
        }
        return token;
    }

    /** Seeks a match longer than {@code than} that is worth taking. */
    private void worth(int at, int than, int ahead) {
        search(at, than, ahead);
        if (length <= SHORT_MATCH && (encoder.search() == DeflateEncoder.Search.FILTERED
                || length == MIN_MATCH && distance > TOO_FAR)) {
            length = NONE;
        }
    }

    /** Enters the places {@code from .. to} into their chains. */
    private void enter(int from, int to) {
        if (encoder.search() == DeflateEncoder.Search.RUNS || encoder.search() == DeflateEncoder.Search.LITERALS) {
            entered = to;
            return;
        }
        finder.enter(from, to);
        entered = Math.max(entered, to);
    }

    private void search(int at, int than, int ahead) {
        finder.search(at, than, ahead);
        length = finder.length;
        distance = finder.distance;
    }
}
