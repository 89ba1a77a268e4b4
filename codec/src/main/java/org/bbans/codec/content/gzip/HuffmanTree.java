package org.bbans.codec.content.gzip;

import java.util.Arrays;

/**
 * One of the three Huffman codes of a DEFLATE block, built in exactly the way that gzip and zlib build theirs: where
 * frequencies tie, the choice decides over bytes.
 *
 * <p>Frequencies are counted in {@link #freq}; {@link #build} turns them into {@link #length} and {@link #code}.
 */
final class HuffmanTree {

    private final int maxLength;
    private final int extraBase;
    private final int[] extraBits;
    private final byte[] staticLength;

    final int[] freq;
    final byte[] length;
    final short[] code;

    /** The largest symbol with a frequency, after {@link #build}. */
    int maxCode;
    /** Bits that the counted symbols take with this code, extra bits included. */
    long dynamicBits;
    /** Bits that they take with the fixed code. */
    long staticBits;

    private final int[] parent;
    private final int[] heap;
    private final byte[] depth;
    private int heapLength;
    private int heapMax;

    /**
     * An empty code.
     *
     * @param symbols size of the alphabet
     * @param maxLength bits that a code word may have
     * @param extraBase first symbol with extra bits
     * @param extraBits extra bits of the symbols from there on
     * @param staticLength code lengths of the fixed code, or null if there is none
     */
    HuffmanTree(int symbols, int maxLength, int extraBase, int[] extraBits, byte[] staticLength) {
        this.maxLength = maxLength;
        this.extraBase = extraBase;
        this.extraBits = extraBits;
        this.staticLength = staticLength;
        int nodes = 2 * symbols + 1;
        freq = new int[nodes];
        length = new byte[nodes];
        code = new short[symbols];
        parent = new int[nodes];
        heap = new int[nodes];
        depth = new byte[nodes];
    }

    /** Symbols in the alphabet. */
    int symbols() {
        return code.length;
    }

    void clear() {
        Arrays.fill(freq, 0, symbols(), 0);
    }

    /** Builds the code for the frequencies counted so far, and how many bits it takes. */
    void build() {
        int symbols = symbols();
        dynamicBits = 0;
        staticBits = 0;
        heapLength = 0;
        heapMax = heap.length;
        maxCode = -1;
        for (int n = 0; n < symbols; n++) {
            if (freq[n] != 0) {
                maxCode = n;
                heap[++heapLength] = n;
                depth[n] = 0;
            } else {
                length[n] = 0;
            }
        }
        // At least two codes, so that every code word has at least one bit.
        while (heapLength < 2) {
            int added = maxCode < 2 ? ++maxCode : 0;
            heap[++heapLength] = added;
            freq[added] = 1;
            depth[added] = 0;
            dynamicBits--;
            if (staticLength != null) {
                staticBits -= staticLength[added];
            }
        }
        for (int n = heapLength / 2; n >= 1; n--) {
            siftDown(n);
        }
        int node = symbols;
        do {
            int least = heap[1];
            heap[1] = heap[heapLength--];
            siftDown(1);
            int second = heap[1];
            heap[--heapMax] = least;
            heap[--heapMax] = second;
            freq[node] = freq[least] + freq[second];
            depth[node] = (byte) (Math.max(depth[least], depth[second]) + 1);
            parent[least] = node;
            parent[second] = node;
            heap[1] = node++;
            siftDown(1);
        } while (heapLength >= 2);
        heap[--heapMax] = heap[1];
        assignLengths();
        assignCodes(length, code, maxCode);
    }

    private boolean smaller(int n, int m) {
        return freq[n] < freq[m] || freq[n] == freq[m] && (depth[n] & 0xFF) <= (depth[m] & 0xFF);
    }

    private void siftDown(int start) {
        int k = start;
        int v = heap[k];
        for (int j = k << 1; j <= heapLength; j <<= 1) {
            if (j < heapLength && smaller(heap[j + 1], heap[j])) {
                j++;
            }
            if (smaller(v, heap[j])) {
                break;
            }
            heap[k] = heap[j];
            k = j;
        }
        heap[k] = v;
    }

    private void assignLengths() {
        int[] count = new int[maxLength + 1];
        length[heap[heapMax]] = 0;
        int overflow = 0;
        int h = heapMax + 1;
        for (; h < heap.length; h++) {
            int n = heap[h];
            int bits = length[parent[n]] + 1;
            if (bits > maxLength) {
                bits = maxLength;
                overflow++;
            }
            length[n] = (byte) bits;
            if (n > maxCode) {
                continue; // an inner node
            }
            count[bits]++;
            int extra = n >= extraBase ? extraBits[n - extraBase] : 0;
            dynamicBits += (long) freq[n] * (bits + extra);
            if (staticLength != null) {
                staticBits += (long) freq[n] * (staticLength[n] + extra);
            }
        }
        if (overflow == 0) {
            return;
        }
        do {
            int bits = maxLength - 1;
            while (count[bits] == 0) {
                bits--;
            }
            count[bits]--;
            count[bits + 1] += 2;
            count[maxLength]--;
            overflow -= 2;
        } while (overflow > 0);
        for (int bits = maxLength; bits != 0; bits--) {
            for (int n = count[bits]; n != 0;) {
                int m = heap[--h];
                if (m > maxCode) {
                    continue;
                }
                if (length[m] != bits) {
                    dynamicBits += ((long) bits - length[m]) * freq[m];
                    length[m] = (byte) bits;
                }
                n--;
            }
        }
    }

    /** The canonical code of RFC 1951 section 3.2.2 for these lengths, bits reversed. */
    static void assignCodes(byte[] length, short[] code, int maxCode) {
        int[] next = new int[17];
        int[] count = new int[17];
        for (int n = 0; n <= maxCode; n++) {
            count[length[n]]++;
        }
        count[0] = 0;
        int value = 0;
        for (int bits = 1; bits <= 15; bits++) {
            value = value + count[bits - 1] << 1;
            next[bits] = value;
        }
        for (int n = 0; n <= maxCode; n++) {
            int bits = length[n];
            if (bits != 0) {
                code[n] = (short) (Integer.reverse(next[bits]++) >>> 32 - bits);
            }
        }
    }
}
