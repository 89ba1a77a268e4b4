package org.bbans.codec.ans;

/**
 * Plain loops without branches: whether a word moves is as good as random, and a mispredicted branch costs more than
 * all the arithmetic of a symbol.
 */
final class ScalarAns extends AnsKernel {

    private static final int FEW_HEADS = 4;

    /**
     * For each symbol, with x its head and f its frequency:
     * <pre>
     * if (x >= f &lt;&lt; 63 - precision) { words[--top] = (int) x; x >>>= 32; }
     * x = (x / f &lt;&lt; precision) + x % f + start;
     * </pre>
     */
    @Override
    int push(long[] heads, int[] words, int top, int[] start, int[] freq, int off, int n, int precision) {
        if (heads.length == FEW_HEADS) {
            return pushFour(heads, words, top, start, freq, off, n, precision);
        }
        return pushFrom(0, heads, words, top, start, freq, off, n, precision);
    }

    /** Pushes symbols {@code n - 1} down to {@code from} of the batch. */
    static int pushFrom(int from, long[] heads, int[] words, int top, int[] start, int[] freq, int off, int n,
            int precision) {
        final int mask = heads.length - 1;
        int p = top;
        for (int j = n - 1; j >= from; j--) {
            final long f = freq[off + j];
            long x = heads[j & mask];
            words[p - 1] = (int) x;
            final long full = full(x, f, precision);
            p += (int) full;
            x >>>= full & 32;
            heads[j & mask] = pushed(x, start[off + j], f, precision);
        }
        return p;
    }

    /** {@link #pushFrom} with the heads in registers: with few heads, waiting for memory shows. */
    private static int pushFour(long[] heads, int[] words, int top, int[] start, int[] freq, int off, int n,
            int precision) {
        final int whole = n & -FEW_HEADS;
        int p = pushFrom(whole, heads, words, top, start, freq, off, n, precision);
        long a = heads[0];
        long b = heads[1];
        long c = heads[2];
        long d = heads[3];
        for (int j = off + whole - FEW_HEADS; j >= off; j -= FEW_HEADS) {
            words[p - 1] = (int) d;
            long full = full(d, freq[j + 3], precision);
            p += (int) full;
            d = pushed(d >>> (full & 32), start[j + 3], freq[j + 3], precision);
            words[p - 1] = (int) c;
            full = full(c, freq[j + 2], precision);
            p += (int) full;
            c = pushed(c >>> (full & 32), start[j + 2], freq[j + 2], precision);
            words[p - 1] = (int) b;
            full = full(b, freq[j + 1], precision);
            p += (int) full;
            b = pushed(b >>> (full & 32), start[j + 1], freq[j + 1], precision);
            words[p - 1] = (int) a;
            full = full(a, freq[j], precision);
            p += (int) full;
            a = pushed(a >>> (full & 32), start[j], freq[j], precision);
        }
        heads[0] = a;
        heads[1] = b;
        heads[2] = c;
        heads[3] = d;
        return p;
    }

    @Override
    void peek(long[] heads, int[] slot, int off, int n, int precision) {
        final int mask = (1 << precision) - 1;
        for (int j = 0; j < n; j++) {
            slot[off + j] = (int) heads[j] & mask;
        }
    }

    @Override
    int pop(long[] heads, int[] words, int top, int[] start, int[] freq, int off, int n, int precision) {
        return popFrom(0, heads, words, top, start, freq, off, n, precision);
    }

    /**
     * Pops symbols {@code from} to {@code n - 1} of the batch. For each, with x its head and f its frequency:
     * <pre>
     * x = f * (x >>> precision) + slot - start;
     * if (x &lt; 2^31) { x = x &lt;&lt; 32 | words[top++]; }
     * </pre>
     */
    static int popFrom(int from, long[] heads, int[] words, int top, int[] start, int[] freq, int off, int n,
            int precision) {
        final long mask = (1L << precision) - 1;
        int p = top;
        // A symbol takes one word at most: with that many left there is no need to look before every one.
        final boolean plenty = words.length - p >= n - from;
        for (int j = from; j < n; j++) {
            long x = heads[j];
            x = freq[off + j] * (x >>> precision) + (x & mask) - start[off + j];
            final long low = low(x);
            if (!plenty && low != 0 && p == words.length) {
                throw new StackUnderflowException();
            }
            heads[j] = plenty || low != 0 ? refilled(x, low, words[p]) : x;
            p -= (int) low;
        }
        return p;
    }

    /** -1 if a symbol of frequency {@code f} would push x out of range, {@code x >= f << 63 - precision}, else 0. */
    private static long full(long x, long f, int precision) {
        return f - 1 - (x >>> 63 - precision) >> 63;
    }

    private static long pushed(long x, long start, long f, int precision) {
        final long q = x / f;
        return (q << precision) + (x - q * f) + start;
    }

    /** -1 if x lacks a word, {@code x < 2^31}, else 0. */
    static long low(long x) {
        return x - AnsStack.LOWEST >> 63;
    }

    /** {@code low == 0 ? x : x << 32 | word}, the word taken as unsigned. */
    static long refilled(long x, long low, int word) {
        return x << (low & 32) | word & low >>> 32;
    }
}
