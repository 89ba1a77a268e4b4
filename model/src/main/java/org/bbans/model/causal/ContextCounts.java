package org.bbans.model.causal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bbans.codec.math.Decisions;

/**
 * What the lower bits of levels were so far in contexts of exact neighbours: adaptive counts that go on from group to
 * group of a block. They depend on samples alone, never on latents or a network.
 *
 * <p>A decoder counts as it goes. An encoder, which codes the last group first, has all groups {@linkplain #observe
 * observed} before, and is given what was counted then. For one thread.
 */
public final class ContextCounts {

    /** Number of contexts of a sample. */
    static final int CONTEXTS = 8;
    /** Bits of a level, and how many of them have no counts, the highest ones. */
    static final int BITS = 8;
    static final int PLAIN_BITS = 2;

    /** Greatest number of samples that {@link #observe} keeps counts of, at 96 bytes each. */
    public static final int MOST_OBSERVED = 1 << 21;

    /** Consecutive bits whose counts lie together. */
    private static final int TOGETHER = 3;
    /** Numbers that lie together: a check, and the counts by the bits before. */
    private static final int SLOTS = 1 << TOGETHER;
    private static final int MIN_TABLE_BITS = 8;
    private static final int MAX_TABLE_BITS = 19;
    private static final int RECORD_TABLE_BITS = 8;

    /** A probability of 12 bits, and how often it has been changed, at most 15. */
    private static final short FIRST = (short) (1 << 15);
    private static final int MOST_TIMES = 15;
    private static final int CERTAIN = (1 << 12) - 1;
    private static final int[] RECIPROCAL = new int[MOST_TIMES + 1];
    private static final float[] TRUST = new float[MOST_TIMES + 1];

    static {
        for (int n = 0; n <= MOST_TIMES; n++) {
            RECIPROCAL[n] = (int) (65536f / (n + 1.3f));
            TRUST[n] = (float) Math.sqrt(n / (n + 0.5f));
        }
    }

    /** Counts as they were read, {@code [symbol * CONTEXTS + context]}. */
    final short[] counts = new short[CONTEXTS * Lanes.MAX];

    private final Grid grid;
    private final int tableBits;
    /** {@code [context][place][slot]}, flat. */
    private final short[] tables;
    /** Of each symbol of the pixel at hand: hashes of its contexts, and where its counts lie. */
    private final int[] context = new int[CONTEXTS * Lanes.MAX];
    private final int[] place = new int[CONTEXTS * Lanes.MAX];

    private final List<short[]> observed = new ArrayList<>();
    /** Null while counting. */
    private short[] replayed;
    private int next;
    private int[] samples;
    private int off;
    private int records;

    /**
     * Counts of nothing yet.
     *
     * @param grid extents of a record, of one channel
     * @param blockRecords number of records in the block
     */
    public ContextCounts(Grid grid, int blockRecords) {
        this.grid = grid;
        tableBits = tableBits(blockRecords);
        tables = new short[CONTEXTS * SLOTS << tableBits];
    }

    /** The tables grow with the block: binary logarithm of the places of a context. */
    private static int tableBits(long blockRecords) {
        final int bits = Long.SIZE - Long.numberOfLeadingZeros(blockRecords - 1) + RECORD_TABLE_BITS;
        return Math.max(MIN_TABLE_BITS, Math.min(MAX_TABLE_BITS, bits));
    }

    /** Bytes of memory for a block of so many records, at most. */
    public static long memory(long blockRecords) {
        return (long) CONTEXTS * SLOTS * Short.BYTES << tableBits(blockRecords);
    }

    /**
     * Counts a group that follows those before it, and keeps what was read.
     *
     * @param x levels of {@code size} records, sample-major
     */
    public void observe(int[] x, int size) {
        int nonzero = 0;
        for (int i = 0; i < grid.dims() * size; i++) {
            nonzero += -x[i] >>> 31;
        }
        final short[] kept = new short[nonzero * (BITS - PLAIN_BITS) * CONTEXTS];
        begin(x, 0, size);
        final int[] level = new int[size];
        final int[] some = new int[size];
        final int[] node = new int[size];
        int to = 0;
        for (int pixel = 0; pixel < grid.pixels(); pixel++) {
            System.arraycopy(x, pixel * size, level, 0, size);
            final int n = SampleCoder.select(level, size, some);
            pixel(pixel, some, n);
            for (int depth = PLAIN_BITS; depth < BITS && n > 0; depth++) {
                for (int s = 0; s < n; s++) {
                    node[s] = (1 << BITS | level[some[s]]) >> BITS - depth;
                }
                read(depth, node, n);
                System.arraycopy(counts, 0, kept, to, n * CONTEXTS);
                to += n * CONTEXTS;
                for (int s = 0; s < n; s++) {
                    node[s] = (1 << BITS | level[some[s]]) >> BITS - depth - 1;
                }
                update(depth, node, n);
            }
        }
        observed.add(kept);
    }

    /** Gives from now on what was read in a group that was observed, the first one being 0. */
    public void replay(int group) {
        replayed = observed.get(group);
        next = 0;
    }

    /** Begins a group whose levels become known in {@code x}, sample-major from {@code from}. */
    void begin(int[] x, int from, int size) {
        samples = x;
        off = from;
        records = size;
    }

    /** Moves to a pixel, counted in raster order, of the records {@code some[0 .. n)}. */
    void pixel(int pixel, int[] some, int n) {
        if (replayed != null) {
            return;
        }
        final int x = pixel % grid.width();
        final boolean left = x > 0;
        final boolean top = pixel >= grid.width();
        final int above = pixel - grid.width();
        for (int s = 0; s < n; s++) {
            final int j = some[s];
            final int w = left ? level(pixel - 1, j) : 0;
            final int ww = x > 1 ? level(pixel - 2, j) : 0;
            final int north = top ? level(above, j) : 0;
            final int nw = top && left ? level(above - 1, j) : 0;
            final int ne = top && x + 1 < grid.width() ? level(above + 1, j) : 0;
            final int nn = above >= grid.width() ? level(above - grid.width(), j) : 0;
            final int sides = w << 16 | north;
            final int k = s * CONTEXTS;
            context[k] = Decisions.hash(sides, 0);
            context[k + 1] = Decisions.hash(sides, nw);
            context[k + 2] = Decisions.hash(sides, nw << 16 | ne);
            context[k + 3] = Decisions.hash(pixel, 0);
            context[k + 4] = Decisions.hash(sides, ne);
            context[k + 5] = Decisions.hash(north << 16 | nw, ne);
            context[k + 6] = Decisions.hash(w << 16 | ww, 0);
            context[k + 7] = Decisions.hash(north << 16 | nn, 0);
        }
    }

    private int level(int pixel, int record) {
        return samples[off + pixel * records + record];
    }

    /**
     * Reads into {@link #counts} those of the bit at {@code depth}, 0 for the highest one, of all symbols of the pixel.
     *
     * @param node 1 and the bits before, in binary, of each symbol
     */
    void read(int depth, int[] node, int n) {
        if (replayed != null) {
            System.arraycopy(replayed, next, counts, 0, n * CONTEXTS);
            next += n * CONTEXTS;
            return;
        }
        final int within = (depth - PLAIN_BITS) % TOGETHER;
        if (within == 0) {
            for (int s = 0; s < n; s++) {
                for (int i = 0; i < CONTEXTS; i++) {
                    place[s * CONTEXTS + i] = place(i, Decisions.hash(context[s * CONTEXTS + i], node[s]));
                }
            }
        }
        for (int s = 0; s < n; s++) {
            final int slot = slot(node[s], within);
            for (int i = s * CONTEXTS; i < (s + 1) * CONTEXTS; i++) {
                counts[i] = tables[place[i] + slot];
            }
        }
    }

    /** The counts of a context's hash; they begin anew if they were those of another one. */
    private int place(int table, int hash) {
        final int at = ((table << tableBits) + (hash >>> Integer.SIZE - tableBits)) * SLOTS;
        final short check = (short) (hash | 1);
        if (tables[at] != check) {
            tables[at] = check;
            Arrays.fill(tables, at + 1, at + SLOTS, FIRST);
        }
        return at;
    }

    /** 1 and the last {@code within} bits, in binary. */
    private static int slot(int node, int within) {
        return 1 << within | node & (1 << within) - 1;
    }

    /**
     * Counts the bits that {@link #read} was asked for.
     *
     * @param node 1, the bits before and the bit itself, in binary, of each symbol
     */
    void update(int depth, int[] node, int n) {
        if (replayed != null) {
            return;
        }
        final int within = (depth - PLAIN_BITS) % TOGETHER;
        for (int s = 0; s < n; s++) {
            final int goal = -(node[s] & 1) & CERTAIN;
            final int slot = slot(node[s] >> 1, within);
            for (int i = s * CONTEXTS; i < (s + 1) * CONTEXTS; i++) {
                final int at = place[i] + slot;
                final int old = tables[at] & 0xFFFF;
                final int p = old >> 4;
                final int times = old & MOST_TIMES;
                final int moved = p + ((goal - p) * RECIPROCAL[times] >> 16);
                tables[at] = (short) (moved << 4 | Math.min(times + 1, MOST_TIMES));
            }
        }
    }

    /** The log odds that a count stands for, less sure while it is young. */
    static float logOdds(short count) {
        return Decisions.stretch((count & 0xFFFF) >> 6) * TRUST[count & MOST_TIMES];
    }
}
