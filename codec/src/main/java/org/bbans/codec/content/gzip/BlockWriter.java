package org.bbans.codec.content.gzip;

import java.io.IOException;
import java.io.OutputStream;

/** Collects the literals and matches of a DEFLATE block and writes it as gzip and zlib do. */
final class BlockWriter {

    private static final int LENGTH_CODES = 29;
    private static final int LITERALS = 256;
    private static final int END_BLOCK = 256;
    private static final int L_CODES = LITERALS + 1 + LENGTH_CODES;
    private static final int D_CODES = 30;
    private static final int BL_CODES = 19;

    private static final int REPEAT_3_6 = 16;
    private static final int ZEROS_3_10 = 17;
    private static final int ZEROS_11_138 = 18;

    private static final int[] EXTRA_LENGTH_BITS =
            {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
    private static final int[] EXTRA_DISTANCE_BITS =
            {0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};
    private static final int[] EXTRA_BL_BITS = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 7};
    private static final int[] BL_ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

    /** Length code of a match length less 3. */
    private static final int[] LENGTH_CODE = new int[256];
    private static final int[] BASE_LENGTH = new int[LENGTH_CODES];
    private static final int[] DISTANCE_CODE = new int[1 << 15];
    private static final int[] BASE_DISTANCE = new int[D_CODES];
    private static final byte[] STATIC_LITERAL_LENGTH = new byte[L_CODES + 2];
    private static final short[] STATIC_LITERAL_CODE = new short[L_CODES + 2];
    private static final byte[] STATIC_DISTANCE_LENGTH = new byte[D_CODES];
    private static final short[] STATIC_DISTANCE_CODE = new short[D_CODES];

    static {
        int length = 0;
        for (int c = 0; c < LENGTH_CODES - 1; c++) {
            BASE_LENGTH[c] = length;
            for (int n = 0; n < 1 << EXTRA_LENGTH_BITS[c]; n++) {
                LENGTH_CODE[length++] = c;
            }
        }
        // Length 258 has a code of its own; the base of that code is 0 in both programs, as it has no extra bits.
        LENGTH_CODE[255] = LENGTH_CODES - 1;
        int distance = 0;
        for (int c = 0; c < D_CODES; c++) {
            BASE_DISTANCE[c] = distance;
            for (int n = 0; n < 1 << EXTRA_DISTANCE_BITS[c]; n++) {
                DISTANCE_CODE[distance++] = c;
            }
        }
        for (int n = 0; n < L_CODES + 2; n++) {
            STATIC_LITERAL_LENGTH[n] = (byte) (n <= 143 ? 8 : n <= 255 ? 9 : n <= 279 ? 7 : 8);
        }
        HuffmanTree.assignCodes(STATIC_LITERAL_LENGTH, STATIC_LITERAL_CODE, L_CODES + 1);
        for (int n = 0; n < D_CODES; n++) {
            STATIC_DISTANCE_LENGTH[n] = 5;
            STATIC_DISTANCE_CODE[n] = (short) (Integer.reverse(n) >>> 27);
        }
    }

    private final HuffmanTree literals =
            new HuffmanTree(L_CODES, 15, LITERALS + 1, EXTRA_LENGTH_BITS, STATIC_LITERAL_LENGTH);
    private final HuffmanTree distances = new HuffmanTree(D_CODES, 15, 0, EXTRA_DISTANCE_BITS, STATIC_DISTANCE_LENGTH);
    private final HuffmanTree lengths = new HuffmanTree(BL_CODES, 7, 0, EXTRA_BL_BITS, null);

    private final OutputStream out;
    private final short[] distance;
    private final byte[] value;
    private final int truncateMask;
    private int symbols;
    private int matches;
    private long bits;
    private int bitCount;

    /**
     * An empty block.
     *
     * @param capacity a block ends at the latest with {@code capacity - 1} symbols
     * @param truncateMask whenever the count of symbols has no bit in common with it, ending the block is considered;
     *     -1 for never
     */
    BlockWriter(OutputStream out, int capacity, int truncateMask) {
        this.out = out;
        this.distance = new short[capacity];
        this.value = new byte[capacity];
        this.truncateMask = truncateMask;
        begin();
    }

    private void begin() {
        literals.clear();
        distances.clear();
        lengths.clear();
        literals.freq[END_BLOCK] = 1;
        symbols = 0;
        matches = 0;
    }

    /**
     * Adds a literal; says whether the block is to end here. {@code covered} is the input that the block stands for.
     */
    boolean literal(int b, long covered) {
        distance[symbols] = 0;
        value[symbols++] = (byte) b;
        literals.freq[b]++;
        return full(covered);
    }

    /** Adds a match; says whether the block is to end here. */
    boolean match(int dist, int length, long covered) {
        distance[symbols] = (short) dist;
        value[symbols++] = (byte) (length - 3);
        matches++;
        literals.freq[LENGTH_CODE[length - 3] + LITERALS + 1]++;
        distances.freq[DISTANCE_CODE[dist - 1]]++;
        return full(covered);
    }

    private boolean full(long covered) {
        if (truncateMask != -1 && (symbols & truncateMask) == 0) {
            long estimate = symbols * 8L;
            for (int c = 0; c < D_CODES; c++) {
                estimate += distances.freq[c] * (5L + EXTRA_DISTANCE_BITS[c]);
            }
            if (matches < symbols / 2 && estimate >>> 3 < covered / 2) {
                return true;
            }
        }
        return symbols == value.length - 1;
    }

    /**
     * Writes the block and begins the next one.
     *
     * @param raw holds the bytes that the block stands for, from {@code off}; a negative {@code off} if they are gone
     */
    void flush(byte[] raw, int off, long rawLength, boolean last) throws IOException {
        literals.build();
        distances.build();
        int maxBlIndex = buildLengths();
        long dynamicBits = literals.dynamicBits + distances.dynamicBits + lengths.dynamicBits + 3 * (maxBlIndex + 1)
                + 14;
        long staticBytes = literals.staticBits + distances.staticBits + 10 >> 3;
        long bytes = Math.min(dynamicBits + 10 >> 3, staticBytes);
        int end = last ? 1 : 0;
        if (rawLength + 4 <= bytes && off >= 0) {
            stored(raw, off, (int) rawLength, end);
        } else if (staticBytes == bytes) {
            send(2 + end, 3);
            symbols(STATIC_LITERAL_LENGTH, STATIC_LITERAL_CODE, STATIC_DISTANCE_LENGTH, STATIC_DISTANCE_CODE);
        } else {
            send(4 + end, 3);
            sendTrees(maxBlIndex);
            symbols(literals.length, literals.code, distances.length, distances.code);
        }
        begin();
        if (last) {
            align();
        }
    }

    private void stored(byte[] raw, int off, int n, int end) throws IOException {
        send(end, 3);
        align();
        out.write(n);
        out.write(n >>> 8);
        out.write(~n);
        out.write(~n >>> 8);
        out.write(raw, off, n);
    }

    private void symbols(byte[] litLength, short[] litCode, byte[] distLength, short[] distCode) throws IOException {
        for (int i = 0; i < symbols; i++) {
            int dist = distance[i] & 0xFFFF;
            int v = value[i] & 0xFF;
            if (dist == 0) {
                send(litCode[v] & 0xFFFF, litLength[v]);
                continue;
            }
            int lc = LENGTH_CODE[v];
            send(litCode[lc + LITERALS + 1] & 0xFFFF, litLength[lc + LITERALS + 1]);
            if (EXTRA_LENGTH_BITS[lc] != 0) {
                send(v - BASE_LENGTH[lc], EXTRA_LENGTH_BITS[lc]);
            }
            int dc = DISTANCE_CODE[dist - 1];
            send(distCode[dc] & 0xFFFF, distLength[dc]);
            if (EXTRA_DISTANCE_BITS[dc] != 0) {
                send(dist - 1 - BASE_DISTANCE[dc], EXTRA_DISTANCE_BITS[dc]);
            }
        }
        send(litCode[END_BLOCK] & 0xFFFF, litLength[END_BLOCK]);
    }

    /**
     * Counts the run-length code of both trees' lengths, builds its code; returns its last place in {@link #BL_ORDER}.
     */
    private int buildLengths() throws IOException {
        runs(literals, false);
        runs(distances, false);
        lengths.build();
        int last = BL_CODES - 1;
        while (last >= 3 && lengths.length[BL_ORDER[last]] == 0) {
            last--;
        }
        return last;
    }

    private void sendTrees(int maxBlIndex) throws IOException {
        send(literals.maxCode + 1 - 257, 5);
        send(distances.maxCode + 1 - 1, 5);
        send(maxBlIndex + 1 - 4, 4);
        for (int rank = 0; rank <= maxBlIndex; rank++) {
            send(lengths.length[BL_ORDER[rank]], 3);
        }
        runs(literals, true);
        runs(distances, true);
    }

    /** Run-length codes a tree's lengths: counts the symbols of that code, or sends them. */
    private void runs(HuffmanTree tree, boolean write) throws IOException {
        int previous = -1;
        int next = tree.length[0];
        int count = 0;
        int most = next == 0 ? 138 : 7;
        int least = next == 0 ? 3 : 4;
        for (int n = 0; n <= tree.maxCode; n++) {
            int current = next;
            next = n < tree.maxCode ? tree.length[n + 1] : -1;
            if (++count < most && current == next) {
                continue;
            }
            if (count < least) {
                for (int i = 0; i < count; i++) {
                    run(current, 0, 0, write);
                }
            } else if (current != 0) {
                if (current != previous) {
                    run(current, 0, 0, write);
                    count--;
                }
                run(REPEAT_3_6, count - 3, 2, write);
            } else if (count <= 10) {
                run(ZEROS_3_10, count - 3, 3, write);
            } else {
                run(ZEROS_11_138, count - 11, 7, write);
            }
            count = 0;
            previous = current;
            most = next == 0 ? 138 : current == next ? 6 : 7;
            least = next == 0 || current == next ? 3 : 4;
        }
    }

    private void run(int symbol, int extra, int extraBits, boolean write) throws IOException {
        if (write) {
            send(lengths.code[symbol] & 0xFFFF, lengths.length[symbol]);
            send(extra, extraBits);
        } else {
            lengths.freq[symbol]++;
        }
    }

    private void send(int v, int n) throws IOException {
        bits |= (long) v << bitCount;
        bitCount += n;
        while (bitCount >= 8) {
            out.write((int) bits);
            bits >>>= 8;
            bitCount -= 8;
        }
    }

    private void align() throws IOException {
        if (bitCount > 0) {
            out.write((int) bits);
        }
        bits = 0;
        bitCount = 0;
    }
}
