package org.bbans.codec.content.deflate;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Reads the blocks of a raw DEFLATE stream with everything that its encoder chose. */
final class DeflateParser {

    private final BitInput in;
    private final PrefixCode literals = new PrefixCode();
    private final PrefixCode distances = new PrefixCode();
    private final PrefixCode runs = new PrefixCode();

    DeflateParser(InputStream in) {
        this.in = new BitInput(in);
    }

    /**
     * Reads a block up to its last token, or to the first byte of a stored one.
     *
     * @return false if the stream is malformed, ends early, or has a block with more than
     *     {@link DeflateBlock#MAX_TOKENS} tokens
     */
    boolean read(DeflateBlock block) throws IOException {
        try {
            block.clear();
            block.last = in.bits(1) == 1;
            int type = in.bits(2);
            if (type == 3) {
                return false;
            }
            block.type = DeflateBlock.Type.values()[type];
            return switch (block.type) {
                case STORED -> stored(block);
                case FIXED -> literals.set(DeflateTables.FIXED_LITERALS, 0, DeflateTables.FIXED_LITERALS.length)
                        && distances.set(DeflateTables.FIXED_DISTANCES, 0, DeflateTables.FIXED_DISTANCES.length)
                        && tokens(block);
                case DYNAMIC -> codes(block.lengths) && tokens(block);
            };
        } catch (EOFException e) {
            return false;
        }
    }

    /** Takes the bytes of a stored block; false if they end early. */
    boolean skipStored(DeflateBlock block) throws IOException {
        try {
            for (int i = 0; i < block.storedBytes; i++) {
                in.bits(Byte.SIZE);
            }
            return true;
        } catch (EOFException e) {
            return false;
        }
    }

    /** Takes the bits that fill the stream's last byte, and returns them. */
    int end() throws IOException {
        return in.bits(in.toByte());
    }

    /** Bytes of the stream that were read. */
    long position() {
        return in.position();
    }

    private boolean stored(DeflateBlock block) throws IOException {
        block.padding = in.bits(in.toByte());
        block.storedBytes = in.bits(16);
        return in.bits(16) == (~block.storedBytes & 0xFFFF);
    }

    private boolean codes(CodeLengths lengths) throws IOException {
        int literalSymbols = in.bits(5) + 257;
        int distanceSymbols = in.bits(5) + 1;
        lengths.begin(literalSymbols, distanceSymbols, in.bits(4) + 4);
        for (int i = 0; i < lengths.runCodes; i++) {
            lengths.runLength[DeflateTables.RUN_ORDER[i]] = (byte) in.bits(3);
        }
        if (literalSymbols > DeflateTables.LITERAL_CODES || distanceSymbols > DeflateTables.DISTANCE_CODES
                || !runs.set(lengths.runLength, 0, DeflateTables.RUN_CODES)) {
            return false;
        }
        while (!lengths.isComplete()) {
            int symbol = runs.read(in);
            if (symbol < 0 || !lengths.add(symbol, in.bits(DeflateTables.RUN_EXTRA[symbol]))) {
                return false;
            }
        }
        return lengths.length[DeflateTables.END_BLOCK] != 0 && literals.set(lengths.length, 0, literalSymbols)
                && distances.set(lengths.length, literalSymbols, distanceSymbols);
    }

    private boolean tokens(DeflateBlock block) throws IOException {
        while (true) {
            int symbol = literals.read(in);
            if (symbol == DeflateTables.END_BLOCK) {
                return true;
            }
            int token = symbol;
            if (symbol > DeflateTables.END_BLOCK) {
                token = match(symbol - DeflateTables.END_BLOCK - 1);
            }
            if (token < 0 || !block.add(token)) {
                return false;
            }
        }
    }

    /** The rest of a match; -1 if it is malformed. */
    private int match(int lengthCode) throws IOException {
        if (lengthCode >= DeflateTables.LENGTH_CODES) {
            return -1;
        }
        int length = DeflateTables.LENGTH_BASE[lengthCode] + in.bits(DeflateTables.LENGTH_EXTRA[lengthCode]);
        int code = distances.read(in);
        if (code < 0 || code >= DeflateTables.DISTANCE_CODES || DeflateTables.lengthCode(length) != lengthCode) {
            return -1; // length 258 written in the other possible way is not worth a bit in every token
        }
        return DeflateBlock.match(length,
                DeflateTables.DISTANCE_BASE[code] + in.bits(DeflateTables.DISTANCE_EXTRA[code]));
    }
}
