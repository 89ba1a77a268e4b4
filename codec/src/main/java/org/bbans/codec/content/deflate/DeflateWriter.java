package org.bbans.codec.content.deflate;

import java.io.IOException;
import java.io.OutputStream;
import org.bbans.codec.format.CorruptArchiveException;

/** Writes the blocks of a raw DEFLATE stream. */
final class DeflateWriter {

    private final OutputStream out;
    private final long most;
    private final PrefixCode literals = new PrefixCode();
    private final PrefixCode distances = new PrefixCode();
    private final PrefixCode runs = new PrefixCode();
    private long bits;
    private int bitCount;
    private long size;

    /**
     * A stream.
     *
     * @param most bytes that it may have
     */
    DeflateWriter(OutputStream out, long most) {
        this.out = out;
        this.most = most;
    }

    /** Bytes written. */
    long size() {
        return size;
    }

    /** Writes a block; of a stored one the header only. */
    void write(DeflateBlock block) throws IOException {
        send(block.last ? 1 : 0, 1);
        send(block.type.ordinal(), 2);
        switch (block.type) {
            case STORED -> {
                padding(block.padding);
                send(block.storedBytes, 16);
                send(~block.storedBytes & 0xFFFF, 16);
            }
            case FIXED -> {
                literals.set(DeflateTables.FIXED_LITERALS, 0, DeflateTables.FIXED_LITERALS.length);
                distances.set(DeflateTables.FIXED_DISTANCES, 0, DeflateTables.FIXED_DISTANCES.length);
                tokens(block);
            }
            default -> {
                codes(block.lengths);
                tokens(block);
            }
        }
    }

    /** Writes bytes of a stored block. */
    void bytes(byte[] b, int off, int n) throws IOException {
        grow(n);
        out.write(b, off, n);
    }

    /** Bits that fill the last byte behind {@code n} more. */
    int bitsToByte(int n) {
        return -(bitCount + n) & 7;
    }

    /** Fills the last byte. */
    void end(int padding) throws IOException {
        padding(padding);
    }

    private void padding(int value) throws IOException {
        int n = bitsToByte(0);
        check(value >>> n == 0);
        send(value, n);
    }

    private void codes(CodeLengths lengths) throws IOException {
        send(lengths.literals - 257, 5);
        send(lengths.distances - 1, 5);
        send(lengths.runCodes - 4, 4);
        for (int i = 0; i < lengths.runCodes; i++) {
            send(lengths.runLength[DeflateTables.RUN_ORDER[i]], 3);
        }
        check(runs.set(lengths.runLength, 0, DeflateTables.RUN_CODES)
                && literals.set(lengths.length, 0, lengths.literals)
                && distances.set(lengths.length, lengths.literals, lengths.distances));
        for (int i = 0; i < lengths.runCount; i++) {
            int symbol = lengths.runs[i] & 0xFF;
            word(runs, symbol);
            send(lengths.runs[i] >>> 8 & 0xFF, DeflateTables.RUN_EXTRA[symbol]);
        }
    }

    private void tokens(DeflateBlock block) throws IOException {
        for (int i = 0; i < block.count(); i++) {
            int token = block.token(i);
            if (!DeflateBlock.isMatch(token)) {
                word(literals, token);
                continue;
            }
            int length = DeflateBlock.bytes(token);
            int code = DeflateTables.lengthCode(length);
            word(literals, DeflateTables.END_BLOCK + 1 + code);
            send(length - DeflateTables.LENGTH_BASE[code], DeflateTables.LENGTH_EXTRA[code]);
            int distance = DeflateBlock.distance(token);
            code = DeflateTables.distanceCode(distance);
            word(distances, code);
            send(distance - DeflateTables.DISTANCE_BASE[code], DeflateTables.DISTANCE_EXTRA[code]);
        }
        word(literals, DeflateTables.END_BLOCK);
    }

    private void word(PrefixCode code, int symbol) throws IOException {
        check(code.bits[symbol] != 0);
        send(code.word[symbol] & 0xFFFF, code.bits[symbol]);
    }

    private static void check(boolean condition) throws CorruptArchiveException {
        if (!condition) {
            throw new CorruptArchiveException("the recipe of a deflated stream has a code that does not fit");
        }
    }

    private void send(int v, int n) throws IOException {
        bits |= (long) v << bitCount;
        bitCount += n;
        while (bitCount >= Byte.SIZE) {
            grow(1);
            out.write((int) bits);
            bits >>>= Byte.SIZE;
            bitCount -= Byte.SIZE;
        }
    }

    private void grow(int n) throws CorruptArchiveException {
        size += n;
        if (size > most) {
            throw new CorruptArchiveException("the recipe of a deflated stream makes more than its size");
        }
    }
}
