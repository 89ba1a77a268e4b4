package org.bbans.codec.content.deflate;

import java.io.IOException;
import org.bbans.codec.wire.BitCoder;

/**
 * Codes the choices of an encoder block by block: those that are predicted cost next to nothing. One description for
 * both directions: with a {@link BitCoder.Writer} blocks are given, with a {@link BitCoder.Reader} they are filled.
 */
final class BlockCoder {

    private static final int HISTORY = 4;
    private static final int TOKENS_TO_CHECK = 64;

    private final DeflateEncoder encoder;
    private final TokenPredictor predictor;
    private final BitCoder coder;
    private final boolean writing;
    private final CodePredictor codes = new CodePredictor();
    /** Null if the encoder is of the family. */
    private final ForeignTokens foreign;

    private final BitCoder.Contexts last = new BitCoder.Contexts(2);
    private final BitCoder.Contexts type = new BitCoder.Contexts(4 * 4);
    private final BitCoder.Contexts usualCount = BitCoder.Contexts.expecting(2, 1);
    private final BitCoder.Contexts counts = new BitCoder.Contexts(64);
    private final BitCoder.Contexts storedSizes = new BitCoder.Contexts(2 * 64);
    private final BitCoder.Contexts padding = new BitCoder.Contexts(2 + 128);
    private final BitCoder.Contexts hits = BitCoder.Contexts.expecting(2 * (1 << HISTORY) * 16, 1);
    private final BitCoder.Contexts kinds = new BitCoder.Contexts(2);
    private final BitCoder.Contexts sameDistance = new BitCoder.Contexts(2);
    private final BitCoder.Contexts lengths = new BitCoder.Contexts(2 * 256);
    private final BitCoder.Contexts distances = new BitCoder.Contexts(32 + 30 * 16);
    private final BitCoder.Contexts usualCodes = BitCoder.Contexts.expecting(1, 1);
    private final BitCoder.Contexts codeSizes = new BitCoder.Contexts(32 + 32 + 16);
    private final BitCoder.Contexts runLengths = new BitCoder.Contexts(19 * 8);
    private final BitCoder.Contexts runs = new BitCoder.Contexts(17 * 32);
    private final BitCoder.Contexts runExtra = new BitCoder.Contexts(3 * 128);

    private int previousType;
    private int previousStored;
    /** Which of the last tokens were not predicted, the last one lowest. */
    private int history;
    /** Tokens that may still be coded, and bytes that they may take. */
    private long tokensLeft = Long.MAX_VALUE;
    private int mostBytes = Integer.MAX_VALUE;

    BlockCoder(DeflateEncoder encoder, PlainWindow plain, TokenPredictor predictor, BitCoder coder) {
        this.encoder = encoder;
        this.predictor = predictor;
        this.coder = coder;
        writing = coder instanceof BitCoder.Writer;
        foreign = encoder.foreign() ? new ForeignTokens(plain, coder) : null;
        last.expect(0, 0);
        last.expect(1, 1);
        padding.expect(0, 0);
    }

    /** Begins a stream of so many plain bytes behind the one before; {@link Long#MAX_VALUE} for all that are left. */
    void begin(long plainBytes) {
        predictor.begin(plainBytes);
        if (foreign != null) {
            foreign.begin(predictor.place());
        }
    }

    /**
     * Has a writer stop, with false, in front of the first token beyond a number of these, and soon after its choices
     * have taken too many bytes.
     */
    void limit(long tokens, int bytes) {
        tokensLeft = tokens;
        mostBytes = bytes;
    }

    /** Whether a block was not coded because of the {@linkplain #limit number of tokens}. */
    boolean isThrough() {
        return tokensLeft == 0;
    }

    /**
     * Codes a block; the predictor is then behind its last token, or before the bytes of a stored one.
     *
     * @return false if the block does not fit the plain bytes
     */
    boolean code(DeflateBlock block) throws IOException {
        int kind = coder.tree(type, 4 * previousType, 2, block.type == null ? 0 : block.type.ordinal());
        if (kind >= DeflateBlock.Type.values().length) {
            return false;
        }
        previousType = kind;
        block.type = DeflateBlock.Type.values()[kind];
        boolean fits = block.type == DeflateBlock.Type.STORED ? stored(block) : tokens(block);
        if (!fits) {
            return false;
        }
        // How many more bytes there are is known for certain only up to what the window looks ahead.
        int behind = block.type == DeflateBlock.Type.STORED ? block.storedBytes : 0;
        boolean ends = behind < PlainWindow.AHEAD && predictor.ahead() == behind;
        block.last = coder.bit(last, ends ? 1 : 0, block.last ? 1 : 0) == 1;
        return block.type != DeflateBlock.Type.DYNAMIC || codes(block);
    }

    /** Codes the bits that fill the last byte. */
    int end(int bits) {
        return paddingBits(bits);
    }

    private boolean stored(DeflateBlock block) {
        boolean same = coder.bit(usualCount, 1, block.storedBytes == previousStored ? 1 : 0) == 1;
        block.storedBytes = same ? previousStored : coder.number(storedSizes, 0, block.storedBytes);
        previousStored = block.storedBytes;
        block.padding = paddingBits(block.padding);
        return block.storedBytes <= 0xFFFF;
    }

    private int paddingBits(int bits) {
        return coder.bit(padding, 0, bits == 0 ? 0 : 1) == 0 ? 0 : coder.tree(padding, 2, 7, bits);
    }

    private boolean tokens(DeflateBlock block) throws IOException {
        int full = (1 << encoder.symbolBits()) - 1;
        // Whether a block is as long as it can be shows only behind its end.
        boolean usual = coder.bit(usualCount, 0, isUsual(block, full) ? 1 : 0) == 1;
        int count = usual ? full : coder.number(counts, 0, block.count());
        int given = block.count();
        for (int i = 0; i < count; i++) {
            if (usual && predictor.ahead() == 0) {
                break;
            }
            if (predictor.ahead() == 0 || writing && i >= given || isOver(i)) {
                return false;
            }
            int token = token(writing ? block.token(i) : 0);
            if (token < 0 || !writing && !block.add(token)) {
                return false;
            }
        }
        return true;
    }

    private boolean isOver(int token) {
        if (tokensLeft == 0 || token % TOKENS_TO_CHECK == 0 && coder instanceof BitCoder.Writer writer
                && writer.size() > mostBytes) {
            return true;
        }
        tokensLeft--;
        return false;
    }

    /** Whether the block has as many tokens as fit, or ends with the plain bytes. */
    private boolean isUsual(DeflateBlock block, int full) {
        return block.count() == full || block.last && block.count() < full;
    }

    /** Codes the token at the next place; -1 if it is not what the plain bytes are. */
    private int token(int actual) throws IOException {
        if (predictor.place() >= DeflateRecipe.MAX_PLAIN) {
            return -1;
        }
        int predicted = predictor.predict();
        int token = foreign == null ? related(actual, predicted) : foreign.code(actual, predictor.place(), predicted);
        if (token < 0 || writing && token != actual) {
            return -1;
        }
        if (DeflateBlock.isMatch(token) ? !predictor.isRight(DeflateBlock.bytes(token), DeflateBlock.distance(token))
                : token != predictor.literal()) {
            return -1;
        }
        predictor.take(token);
        return token;
    }

    /** Codes a token of an encoder of zlib's family. */
    private int related(int actual, int predicted) throws IOException {
        boolean match = DeflateBlock.isMatch(predicted);
        int context = (match ? 1 << HISTORY : 0) + history;
        int hit = coder.bit(hits, context * 16 + (match ? Math.min(DeflateBlock.bytes(predicted), 15) : 0),
                actual == predicted ? 1 : 0);
        history = (history << 1 | 1 - hit) & (1 << HISTORY) - 1;
        return hit == 1 ? predicted : other(actual, predicted, match);
    }

    /** Codes a token that was not predicted. */
    private int other(int actual, int predicted, boolean match) throws IOException {
        boolean actualMatch = DeflateBlock.isMatch(actual);
        if (match && coder.bit(kinds, 0, actualMatch ? 1 : 0) == 0) {
            return predictor.literal();
        }
        int length = coder.tree(lengths, match ? 256 : 0, 8, actualMatch ? DeflateBlock.bytes(actual) - 3 : 0) + 3;
        int distance = DeflateBlock.distance(actual);
        int reference = DeflateBlock.distance(predicted);
        if (match && coder.bit(sameDistance, 0, distance == reference ? 1 : 0) == 1) {
            return DeflateBlock.match(length, reference);
        }
        int code = coder.tree(distances, 0, 5, actualMatch ? DeflateTables.distanceCode(distance) : 0);
        if (code >= DeflateTables.DISTANCE_CODES) {
            return -1;
        }
        int bits = DeflateTables.DISTANCE_EXTRA[code];
        int extra = actualMatch ? distance - DeflateTables.DISTANCE_BASE[code] : 0;
        int value = 0;
        for (int i = bits - 1; i >= 0; i--) {
            value = value << 1 | coder.bit(distances, 32 + code * 16 + i, extra >>> i & 1);
        }
        return DeflateBlock.match(length, DeflateTables.DISTANCE_BASE[code] + value);
    }

    private boolean codes(DeflateBlock block) {
        CodeLengths predicted = codes.predict(block);
        CodeLengths actual = block.lengths;
        if (coder.bit(usualCodes, 0, actual.same(predicted) ? 1 : 0) == 1) {
            actual.copy(predicted);
            return true;
        }
        int literals = coder.tree(codeSizes, 0, 5, actual.literals - 257) + 257;
        int distanceCodes = coder.tree(codeSizes, 32, 5, actual.distances - 1) + 1;
        int runCodes = coder.tree(codeSizes, 64, 4, actual.runCodes - 4) + 4;
        if (literals > DeflateTables.LITERAL_CODES || distanceCodes > DeflateTables.DISTANCE_CODES) {
            return false;
        }
        byte[] given = actual.runLength.clone();
        short[] givenRuns = actual.runs.clone();
        actual.begin(literals, distanceCodes, runCodes);
        for (int i = 0; i < runCodes; i++) {
            int symbol = DeflateTables.RUN_ORDER[i];
            actual.runLength[symbol] = (byte) coder.tree(runLengths, 8 * symbol, 3, given[symbol]);
        }
        while (!actual.isComplete()) {
            int filled = actual.filled();
            int context = filled < predicted.filled() ? predicted.length[filled] : 16;
            int run = givenRuns[actual.runCount];
            int symbol = coder.tree(runs, 32 * context, 5, run & 0xFF);
            if (symbol >= DeflateTables.RUN_CODES) {
                return false;
            }
            int bits = DeflateTables.RUN_EXTRA[symbol];
            int extra = bits == 0 ? 0
                    : coder.tree(runExtra, 128 * (symbol - DeflateTables.REPEAT_3_6), bits, run >>> 8 & 0xFF);
            if (!actual.add(symbol, extra)) {
                return false;
            }
        }
        return true;
    }
}
