package org.bbans.codec.content.deflate;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bbans.codec.wire.BitCoder;

/**
 * Finds the encoder that explains a stream best: the candidates compete for its beginning, those that are as good as
 * the best one for more of it, and so on.
 */
final class EncoderSearch {

    /** Tokens that are looked at first. What is then hardly worse than the best may be the best one yet. */
    private static final int FIRST_TOKENS = 1 << 10;
    private static final int CLOSE_BYTES = 16;
    /** Tokens that are looked at next, all in memory, and how many times as many each time after that. */
    private static final int SECOND_TOKENS = 1 << 14;
    private static final int GROWTH = 8;
    /** A choice that was foreseen takes some bits even so: a byte for more tokens than these. */
    private static final int FORESEEN_TOKENS = 1 << 13;
    /** Encoders that are alike on so many tokens are taken for alike. */
    private static final long MOST_TOKENS = 1 << 23;
    /** What a stream counts for, as tokens: short ones take their time. */
    private static final int STREAM_TOKENS = 1 << 8;
    /** From this number of bytes on, and from one in so many tokens, choices may be those of a foreign encoder. */
    private static final int LEAST_FOREIGN = 64;
    private static final int FOREIGN_SHARE = 512;

    private final DeflateStreams streams;
    private final int windowBits;
    /** The first blocks, and whether there are no more of them. */
    private final List<DeflateBlock> first = new ArrayList<>();
    private boolean isWhole;

    /** What an encoder makes of a stream; no recipe if only a part of it was looked at. */
    private record Attempt(int size, byte[] recipe) {

        static final Attempt FAILED = new Attempt(Integer.MAX_VALUE, null);
    }

    EncoderSearch(DeflateStreams streams, int windowBits) {
        this.streams = streams;
        this.windowBits = windowBits;
    }

    /** The smallest recipe; empty if there is none, or it takes more than {@code most} bytes and some. */
    Optional<byte[]> smallest(int most) throws IOException {
        if (!readFirst()) {
            return Optional.empty();
        }
        List<DeflateEncoder> candidates = close(DeflateEncoder.candidates(windowBits, symbolBits()));
        for (long tokens = SECOND_TOKENS; candidates.size() > 1; tokens *= GROWTH) {
            List<DeflateEncoder> best = new ArrayList<>();
            Attempt smallest = Attempt.FAILED;
            boolean isFirst = tokens == SECOND_TOKENS && !isWhole;
            for (DeflateEncoder candidate : candidates) {
                Attempt attempt = isFirst ? new Attempt(sample(candidate, tokens, smallest.size), null)
                        : attempt(candidate, tokens, smallest.size);
                if (attempt.size < smallest.size) {
                    best.clear();
                    smallest = attempt;
                }
                if (attempt.size == smallest.size && attempt.size < Integer.MAX_VALUE) {
                    best.add(candidate);
                }
            }
            if (smallest.recipe != null && !looksForeign(smallest.size)) {
                return Optional.of(smallest.recipe);
            }
            boolean goesOn = smallest.recipe == null && tokens < MOST_TOKENS;
            candidates = goesOn ? best : best.subList(0, Math.min(1, best.size()));
            if (candidates.size() > 1) {
                // If the first one foresees the rest, no other one can be better.
                Attempt whole = attempt(candidates.get(0), Long.MAX_VALUE, smallest.size, FORESEEN_TOKENS);
                if (whole.recipe != null && !looksForeign(whole.size)) {
                    return Optional.of(whole.recipe);
                }
            }
        }
        return candidates.isEmpty() ? Optional.empty() : last(candidates.get(0), most);
    }

    private boolean looksForeign(int size) {
        return size > LEAST_FOREIGN && size > first.stream().mapToLong(EncoderSearch::weight).sum() / FOREIGN_SHARE;
    }

    private Optional<byte[]> last(DeflateEncoder encoder, int most) throws IOException {
        int size = sample(encoder, SECOND_TOKENS, Integer.MAX_VALUE);
        boolean isForeign = looksForeign(size) && sample(encoder.asForeign(), SECOND_TOKENS, size - 1) < size;
        return recipe(isForeign ? encoder.asForeign() : encoder, most);
    }

    /** The recipe of an encoder; empty if the stream is malformed, or more than {@code most} bytes are needed. */
    Optional<byte[]> recipe(DeflateEncoder encoder, int most) throws IOException {
        return Optional.ofNullable(attempt(encoder, Long.MAX_VALUE, most).recipe);
    }

    /** Reads blocks until they have enough tokens; false if they are malformed. */
    private boolean readFirst() throws IOException {
        long tokens = 0;
        int stream = 0;
        for (; stream < streams.count() && tokens < SECOND_TOKENS; stream++, tokens += STREAM_TOKENS) {
            try (InputStream in = streams.deflated(stream)) {
                DeflateParser parser = new DeflateParser(in);
                DeflateBlock block;
                do {
                    block = new DeflateBlock();
                    if (!parser.read(block) || !parser.skipStored(block)) {
                        return false;
                    }
                    first.add(block);
                    tokens += weight(block);
                } while (!block.last && tokens < SECOND_TOKENS);
            }
        }
        isWhole = stream == streams.count() && first.get(first.size() - 1).last;
        return true;
    }

    private static long weight(DeflateBlock block) {
        return block.count() + 1L + block.storedBytes / 8;
    }

    /** The symbol bits that the first block speaks for; 0 if it says nothing. */
    private int symbolBits() {
        DeflateBlock block = first.get(0);
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(block.count());
        boolean full = !block.last && block.count() == (1 << bits) - 1;
        return full && bits >= DeflateEncoder.MIN_SYMBOL_BITS && bits <= DeflateEncoder.MAX_SYMBOL_BITS ? bits : 0;
    }

    /** The candidates that may turn out to be the best. */
    private List<DeflateEncoder> close(List<DeflateEncoder> candidates) throws IOException {
        int[] sizes = new int[candidates.size()];
        int least = Integer.MAX_VALUE / 4;
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = sample(candidates.get(i), FIRST_TOKENS, bound(least));
            least = Math.min(least, sizes[i]);
        }
        List<DeflateEncoder> close = new ArrayList<>();
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] <= bound(least)) {
                close.add(candidates.get(i));
            }
        }
        return close;
    }

    private static int bound(int least) {
        return least + least / 2 + CLOSE_BYTES;
    }

    /** Bytes that the choices take up to a number of the first tokens; much if more than {@code most}. */
    private int sample(DeflateEncoder encoder, long tokens, int most) throws IOException {
        try (InputStream bytes = streams.plain()) {
            PlainWindow window = new PlainWindow(bytes);
            TokenPredictor predictor = new TokenPredictor(encoder, window);
            BitCoder.Writer bits = new BitCoder.Writer();
            BlockCoder coder = new BlockCoder(encoder, window, predictor, bits);
            long left = tokens;
            int stream = 0;
            for (int i = 0; i < first.size() && left > 0; i++) {
                DeflateBlock block = first.get(i);
                if (i == 0 || first.get(i - 1).last) {
                    coder.begin(streams.plainBytes(stream++));
                }
                coder.limit(left, most);
                if (!coder.code(block) && !coder.isThrough()
                        || block.storedBytes > 0 && !predictor.takeStored(block.storedBytes)) {
                    return Integer.MAX_VALUE;
                }
                left -= weight(block);
            }
            int size = bits.finish().length;
            return size > most ? Integer.MAX_VALUE : size;
        }
    }

    private Attempt attempt(DeflateEncoder encoder, long tokens, int most) throws IOException {
        return attempt(encoder, tokens, most, Long.MAX_VALUE);
    }

    /**
     * Codes the choices of a stream, or of its beginning, unless they get larger than {@code most} bytes and one for
     * every {@code share} tokens.
     */
    private Attempt attempt(DeflateEncoder encoder, long tokens, int most, long share) throws IOException {
        try (InputStream bytes = streams.plain()) {
            PlainWindow window = new PlainWindow(bytes);
            TokenPredictor predictor = new TokenPredictor(encoder, window);
            BitCoder.Writer bits = new BitCoder.Writer();
            BlockCoder coder = new BlockCoder(encoder, window, predictor, bits);
            DeflateBlock block = new DeflateBlock();
            long coded = 0;
            int stream = 0;
            for (; stream < streams.count() && coded < tokens; stream++, coded += STREAM_TOKENS) {
                try (InputStream in = streams.deflated(stream)) {
                    DeflateParser parser = new DeflateParser(in);
                    coder.begin(streams.plainBytes(stream));
                    do {
                        coder.limit(Long.MAX_VALUE, (int) (most + coded / share));
                        if (!parser.read(block) || !coder.code(block)
                                || !parser.skipStored(block)
                                || block.storedBytes > 0 && !predictor.takeStored(block.storedBytes)
                                || parser.position() > DeflateRecipe.most(predictor.taken())) {
                            return Attempt.FAILED;
                        }
                        coded += weight(block);
                    } while (!block.last && coded < tokens);
                    if (block.last) {
                        coder.end(parser.end());
                        if (predictor.ahead() != 0) {
                            return Attempt.FAILED;
                        }
                    }
                }
            }
            boolean isComplete = stream == streams.count() && block.last;
            byte[] choices = bits.finish();
            return choices.length > most + coded / share ? Attempt.FAILED
                    : new Attempt(choices.length, isComplete ? DeflateRecipe.recipe(encoder, choices) : null);
        }
    }
}
