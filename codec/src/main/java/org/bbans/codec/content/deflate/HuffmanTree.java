package org.bbans.codec.content.deflate;

import java.util.Arrays;

/**
 * One of the three Huffman codes of a DEFLATE block, built in exactly the way in which gzip and zlib build theirs:
 * where frequencies tie, the order of a heap decides.
 *
 * <p>Frequencies are counted in {@link #freq}; {@link #build} turns them into {@link #length}.
 */
final class HuffmanTree {

    private final int symbols;
    private final int maxLength;

    final int[] freq;
    final byte[] length;

    /** The largest symbol with a frequency, after {@link #build}. */
    int maxCode;

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
     */
    HuffmanTree(int symbols, int maxLength) {
        this.symbols = symbols;
        this.maxLength = maxLength;
        int nodes = 2 * symbols + 1;
        freq = new int[nodes];
        length = new byte[nodes];
        parent = new int[nodes];
        heap = new int[nodes];
        depth = new byte[nodes];
    }

    void clear() {
        Arrays.fill(freq, 0, symbols, 0);
    }

    /** Builds the code for the frequencies counted so far. */
    void build() {
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
                length[m] = (byte) bits;
                n--;
            }
        }
    }
}
