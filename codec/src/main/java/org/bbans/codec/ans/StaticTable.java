package org.bbans.codec.ans;

/**
 * One distribution over up to {@value #MAX_SYMBOLS} symbols, the same for every symbol of a batch: with its tables a
 * symbol costs neither a division nor a search.
 *
 * @see AnsStack#push(StaticTable, int[], int, int)
 */
public final class StaticTable {

    /** Binary logarithm of the number of slots: a table of so many ints stays in the first-level cache. */
    public static final int PRECISION = 12;
    /** Greatest number of symbols. */
    public static final int MAX_SYMBOLS = 256;

    private static final int SLOTS = 1 << PRECISION;
    private static final int SLOT_MASK = SLOTS - 1;
    private static final int EIGHT = 8;
    /** Longs that pushing a symbol takes. */
    private static final int ENTRY = 4;

    /** For each symbol: reciprocal, greatest head that keeps its words, start, shift (32 bits) and 2^12 - f (32). */
    private final long[] encoder = new long[ENTRY * MAX_SYMBOLS];
    /** For each slot: its symbol (8 bits), its place in the symbol's interval (12) and the symbol's frequency (12). */
    private final int[] decoder = new int[SLOTS];

    /**
     * The distribution with these frequencies, symbol {@code s} from slot {@code freq[0] + .. + freq[s - 1]} on.
     *
     * @throws IllegalArgumentException if there are more than {@value #MAX_SYMBOLS} symbols, a frequency is negative,
     *     the sum is not 2^{@value #PRECISION}, or a single symbol has it all: there is nothing to code then
     */
    public StaticTable(int[] freq) {
        if (freq.length > MAX_SYMBOLS) {
            throw new IllegalArgumentException("more than " + MAX_SYMBOLS + " symbols: " + freq.length);
        }
        int start = 0;
        for (int s = 0; s < freq.length; s++) {
            final int f = freq[s];
            if (f < 0 || f >= SLOTS || f > SLOTS - start) {
                throw new IllegalArgumentException("frequencies must be at least 0, less than " + SLOTS
                    + ", and add up to that: symbol " + s + " has " + f);
            }
            for (int i = 0; i < f; i++) {
                decoder[start + i] = s << 2 * PRECISION | i << PRECISION | f;
            }
            if (f > 0) {
                prepare(s, start, f);
            }
            start += f;
        }
        if (start != SLOTS) {
            throw new IllegalArgumentException("frequencies add up to " + start + ", not " + SLOTS);
        }
    }

    /**
     * Prepares {@code x = (x / f << PRECISION) + x % f + start}, that is {@code x + start + x / f * (SLOTS - f)}.
     *
     * <p>With f in (2^(b - 1), 2^b] and r = ceil(2^(63 + b) / f), which has 64 bits, {@code x / f} is
     * {@code x * r >>> 63 + b}: r is less than 1 too great, hence the quotient by less than x / 2^(63 + b) &lt; 2^-b
     * &lt;= 1 / f, which takes it past no integer. For f = 1, where r would have 65 bits, r = 2^64 - 1 makes the
     * quotient x - 1, and the start makes up for that.
     */
    private void prepare(int s, int start, int f) {
        final int b = Integer.SIZE - Integer.numberOfLeadingZeros(f - 1);
        final long floor = Long.divideUnsigned(Long.MIN_VALUE, f);
        final long rest = Long.remainderUnsigned(Long.MIN_VALUE, f);
        encoder[ENTRY * s] = f == 1 ? -1 : (floor << b) + ((rest << b) + f - 1) / f;
        encoder[ENTRY * s + 1] = ((long) f << 63 - PRECISION) - 1;
        encoder[ENTRY * s + 2] = f == 1 ? start + SLOTS - 1 : start;
        encoder[ENTRY * s + 3] = (long) Math.max(0, b - 1) << Integer.SIZE | SLOTS - f;
    }

    /** Pushes {@code x[off + n - 1]} down to {@code x[off]}; returns the new top. */
    int push(long[] heads, int[] words, int top, int[] x, int off, int n) {
        if (heads.length != EIGHT) {
            return pushFrom(0, heads, words, top, x, off, n);
        }
        final int whole = n & -EIGHT;
        final int p = pushFrom(whole, heads, words, top, x, off, n);
        return pushEight(heads, words, p, x, off, off + whole);
    }

    private int pushFrom(int from, long[] heads, int[] words, int top, int[] x, int off, int n) {
        final long[] t = encoder;
        final int mask = heads.length - 1;
        int p = top;
        for (int j = n - 1; j >= from; j--) {
            final int s = x[off + j];
            final long h = heads[j & mask];
            words[p - 1] = (int) h;
            final long full = full(t, s, h);
            p += (int) full;
            heads[j & mask] = pushed(t, s, h >>> (full & 32));
        }
        return p;
    }

    /** {@link #pushFrom} with eight heads in registers. */
    private int pushEight(long[] heads, int[] words, int top, int[] x, int from, int to) {
        final long[] t = encoder;
        int p = top;
        long a = heads[0];
        long b = heads[1];
        long c = heads[2];
        long d = heads[3];
        long e = heads[4];
        long f = heads[5];
        long g = heads[6];
        long h = heads[7];
        for (int j = to - EIGHT; j >= from; j -= EIGHT) {
            int s = x[j + 7];
            words[p - 1] = (int) h;
            long full = full(t, s, h);
            p += (int) full;
            h = pushed(t, s, h >>> (full & 32));
            s = x[j + 6];
            words[p - 1] = (int) g;
            full = full(t, s, g);
            p += (int) full;
            g = pushed(t, s, g >>> (full & 32));
            s = x[j + 5];
            words[p - 1] = (int) f;
            full = full(t, s, f);
            p += (int) full;
            f = pushed(t, s, f >>> (full & 32));
            s = x[j + 4];
            words[p - 1] = (int) e;
            full = full(t, s, e);
            p += (int) full;
            e = pushed(t, s, e >>> (full & 32));
            s = x[j + 3];
            words[p - 1] = (int) d;
            full = full(t, s, d);
            p += (int) full;
            d = pushed(t, s, d >>> (full & 32));
            s = x[j + 2];
            words[p - 1] = (int) c;
            full = full(t, s, c);
            p += (int) full;
            c = pushed(t, s, c >>> (full & 32));
            s = x[j + 1];
            words[p - 1] = (int) b;
            full = full(t, s, b);
            p += (int) full;
            b = pushed(t, s, b >>> (full & 32));
            s = x[j];
            words[p - 1] = (int) a;
            full = full(t, s, a);
            p += (int) full;
            a = pushed(t, s, a >>> (full & 32));
        }
        heads[0] = a;
        heads[1] = b;
        heads[2] = c;
        heads[3] = d;
        heads[4] = e;
        heads[5] = f;
        heads[6] = g;
        heads[7] = h;
        return p;
    }

    /**
     * Pops into {@code x[off]} to {@code x[off + n - 1]}; returns the new top.
     *
     * @throws StackUnderflowException if there are too few words
     */
    int pop(long[] heads, int[] words, int top, int[] x, int off, int n) {
        int p = top;
        int j = 0;
        while (j < n) {
            // A symbol takes one word at most: with that many left there is no need to look before every one.
            final int safe = Math.min(n - j, words.length - p) & -heads.length;
            if (safe == 0) {
                return popLast(j, heads, words, p, x, off, n);
            }
            p = heads.length == EIGHT ? popEight(heads, words, p, x, off + j, off + j + safe)
                : popMany(heads, words, p, x, off + j, safe);
            j += safe;
        }
        return p;
    }

    private int popMany(long[] heads, int[] words, int top, int[] x, int off, int n) {
        final int[] t = decoder;
        final int mask = heads.length - 1;
        int p = top;
        for (int j = 0; j < n; j++) {
            final long h = heads[j & mask];
            final int entry = t[(int) h & SLOT_MASK];
            x[off + j] = entry >>> 2 * PRECISION;
            final long next = popped(entry, h);
            final long low = ScalarAns.low(next);
            heads[j & mask] = ScalarAns.refilled(next, low, words[p]);
            p -= (int) low;
        }
        return p;
    }

    /** {@link #popMany} with eight heads in registers. */
    private int popEight(long[] heads, int[] words, int top, int[] x, int from, int to) {
        final int[] t = decoder;
        int p = top;
        long a = heads[0];
        long b = heads[1];
        long c = heads[2];
        long d = heads[3];
        long e = heads[4];
        long f = heads[5];
        long g = heads[6];
        long h = heads[7];
        for (int j = from; j < to; j += EIGHT) {
            int entry = t[(int) a & SLOT_MASK];
            x[j] = entry >>> 2 * PRECISION;
            a = popped(entry, a);
            long low = ScalarAns.low(a);
            a = ScalarAns.refilled(a, low, words[p]);
            p -= (int) low;
            entry = t[(int) b & SLOT_MASK];
            x[j + 1] = entry >>> 2 * PRECISION;
            b = popped(entry, b);
            low = ScalarAns.low(b);
            b = ScalarAns.refilled(b, low, words[p]);
            p -= (int) low;
            entry = t[(int) c & SLOT_MASK];
            x[j + 2] = entry >>> 2 * PRECISION;
            c = popped(entry, c);
            low = ScalarAns.low(c);
            c = ScalarAns.refilled(c, low, words[p]);
            p -= (int) low;
            entry = t[(int) d & SLOT_MASK];
            x[j + 3] = entry >>> 2 * PRECISION;
            d = popped(entry, d);
            low = ScalarAns.low(d);
            d = ScalarAns.refilled(d, low, words[p]);
            p -= (int) low;
            entry = t[(int) e & SLOT_MASK];
            x[j + 4] = entry >>> 2 * PRECISION;
            e = popped(entry, e);
            low = ScalarAns.low(e);
            e = ScalarAns.refilled(e, low, words[p]);
            p -= (int) low;
            entry = t[(int) f & SLOT_MASK];
            x[j + 5] = entry >>> 2 * PRECISION;
            f = popped(entry, f);
            low = ScalarAns.low(f);
            f = ScalarAns.refilled(f, low, words[p]);
            p -= (int) low;
            entry = t[(int) g & SLOT_MASK];
            x[j + 6] = entry >>> 2 * PRECISION;
            g = popped(entry, g);
            low = ScalarAns.low(g);
            g = ScalarAns.refilled(g, low, words[p]);
            p -= (int) low;
            entry = t[(int) h & SLOT_MASK];
            x[j + 7] = entry >>> 2 * PRECISION;
            h = popped(entry, h);
            low = ScalarAns.low(h);
            h = ScalarAns.refilled(h, low, words[p]);
            p -= (int) low;
        }
        heads[0] = a;
        heads[1] = b;
        heads[2] = c;
        heads[3] = d;
        heads[4] = e;
        heads[5] = f;
        heads[6] = g;
        heads[7] = h;
        return p;
    }

    /** Pops symbols {@code from} to {@code n - 1} where words are few. */
    private int popLast(int from, long[] heads, int[] words, int top, int[] x, int off, int n) {
        final int mask = heads.length - 1;
        int p = top;
        for (int j = from; j < n; j++) {
            final int entry = decoder[(int) heads[j & mask] & SLOT_MASK];
            x[off + j] = entry >>> 2 * PRECISION;
            long h = popped(entry, heads[j & mask]);
            if (ScalarAns.low(h) != 0) {
                if (p == words.length) {
                    throw new StackUnderflowException();
                }
                h = ScalarAns.refilled(h, -1, words[p++]);
            }
            heads[j & mask] = h;
        }
        return p;
    }

    /** -1 if symbol s would push the head out of its range, {@code h >= f << 63 - PRECISION}, else 0. */
    private static long full(long[] t, int s, long h) {
        return t[ENTRY * s + 1] - h >> 63;
    }

    /** {@code (h / f << PRECISION) + h % f + start}; the high half of h * r is as of unsigned numbers, r >= 2^63. */
    private static long pushed(long[] t, int s, long h) {
        final long last = t[ENTRY * s + 3];
        final long quotient = Math.multiplyHigh(h, t[ENTRY * s]) + h >>> (int) (last >>> Integer.SIZE);
        return h + t[ENTRY * s + 2] + quotient * (int) last;
    }

    /** {@code f * (h >>> PRECISION) + slot - start}. */
    private static long popped(int entry, long h) {
        return (entry & SLOT_MASK) * (h >>> PRECISION) + (entry >>> PRECISION & SLOT_MASK);
    }
}
