package org.bbans.codec.distribution;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The Vector API's twin of {@link ScalarCategorical}: vectors along the levels of one row.
 * Sums are arguments of operations, never receivers (see CONTRIBUTING.md, vector code).
 */
final class VectorCategorical extends Categorical {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();

    /** Rows at a time: the searches of several rows run side by side. */
    private static final int TILE = 8;
    /** Levels of a block: the search goes from block to vector to lane. */
    private static final int BLOCK = 4 * LANES;
    /** An integer so low that its weight is 0 whatever the others are. */
    private static final int NOTHING = -2 * Softmax.LIMIT;
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
    private static final DoubleVector LOW_LANE = DoubleVector.zero(DOUBLES).addIndex(1);
    private static final DoubleVector HIGH_LANE = LOW_LANE.add(LANES / 2);
    private static final VectorShuffle<Integer> UP_1 = VectorShuffle.iota(INTS, LANES - 1, 1, true);
    private static final VectorShuffle<Integer> UP_2 = VectorShuffle.iota(INTS, LANES - 2, 1, true);
    private static final VectorShuffle<Integer> UP_4 = VectorShuffle.iota(INTS, LANES - 4, 1, true);
    private static final VectorShuffle<Integer> UP_8 = VectorShuffle.iota(INTS, Math.max(0, LANES - 8), 1, true);
    private static final VectorMask<Integer> FROM_1 = VectorMask.fromLong(INTS, -1L << 1);
    private static final VectorMask<Integer> FROM_2 = VectorMask.fromLong(INTS, -1L << 2);
    private static final VectorMask<Integer> FROM_4 = VectorMask.fromLong(INTS, -1L << 4);
    private static final VectorMask<Integer> FROM_8 = VectorMask.fromLong(INTS, -1L << 8);
    private static final IntVector NONE = IntVector.zero(INTS);
    private static final IntVector LANE = NONE.addIndex(1);

    /** Length of a row of {@link #weights}, whole blocks. */
    private final int width;
    /** Logits as integers, then weights, row after row; zeros past the levels. */
    private final int[] weights;
    private final int blocks;
    /** Sums of the weights of each block, row after row. */
    private final int[] sums;
    /** Sums of the weights of one vector before each lane, and of all. */
    private final int[] scanned = new int[LANES + 1];
    private final int[] greatest = new int[TILE];
    private final int[] totals = new int[TILE];

    VectorCategorical(int levels) {
        super(levels);
        blocks = (levels + BLOCK - 1) / BLOCK;
        width = blocks * BLOCK;
        sums = new int[TILE * blocks];
        weights = new int[TILE * width];
    }

    @Override
    public void intervals(int[] x, int off, int n, int[] start, int[] freq) {
        final float[] logits = this.logits;
        final int base = this.base;
        for (int j = off; j < off + n; j++) {
            VectorSoftmax.weigh(quantize(logits, base + j * levels, 0), weights, 0, width);
            final IntVector symbol = IntVector.broadcast(INTS, x[j]);
            IntVector total = IntVector.zero(INTS);
            IntVector below = total;
            for (int i = 0; i < width; i += LANES) {
                final IntVector w = IntVector.fromArray(INTS, weights, i);
                total = w.add(total);
                below = NONE.blend(w, LANE.add(i).compare(VectorOperators.LT, symbol)).add(below);
            }
            interval(x[j], NONE.add(below).reduceLanes(VectorOperators.ADD), weights[x[j]],
                    NONE.add(total).reduceLanes(VectorOperators.ADD), j, start, freq);
        }
    }

    @Override
    public void search(int[] slot, int off, int n, int[] x, int[] start, int[] freq) {
        final float[] logits = this.logits;
        final int base = this.base;
        for (int j = off; j < off + n; j += TILE) {
            final int rows = Math.min(TILE, off + n - j);
            // Step by step for all rows: none waits for what the step before has just found.
            for (int r = 0; r < rows; r++) {
                greatest[r] = quantize(logits, base + (j + r) * levels, r * width);
            }
            for (int r = 0; r < rows; r++) {
                VectorSoftmax.weigh(greatest[r], weights, r * width, width);
            }
            for (int r = 0; r < rows; r++) {
                totals[r] = sumBlocks(r);
            }
            for (int r = 0; r < rows; r++) {
                find(r, totals[r], slot[j + r], j + r, x, start, freq);
            }
        }
    }

    /** Fills a row of {@link #weights} from {@code to} on with the logits as integers; returns the greatest. */
    private int quantize(float[] logits, int off, int to) {
        final int[] t = weights;
        final int bound = FLOATS.loopBound(levels);
        int max = VectorSoftmax.quantize(logits, off, bound, t, to);
        for (int i = bound; i < levels; i++) {
            t[to + i] = Softmax.quantize(logits[off + i]);
            max = Math.max(max, t[to + i]);
        }
        for (int i = levels; i < width; i++) {
            t[to + i] = NOTHING;
        }
        return max;
    }

    /** Fills the {@link #sums} of row {@code r} and returns its total. */
    private int sumBlocks(int r) {
        int total = 0;
        for (int b = 0; b < blocks; b++) {
            IntVector sum = IntVector.zero(INTS);
            for (int i = 0; i < BLOCK; i += LANES) {
                sum = IntVector.fromArray(INTS, weights, r * width + b * BLOCK + i).add(sum);
            }
            final int s = NONE.add(sum).reduceLanes(VectorOperators.ADD);
            sums[r * blocks + b] = s;
            total += s;
        }
        return total;
    }

    /** The last symbol i with F(i) at most {@code slot}, in row {@code r} of the tile. */
    private void find(int r, int total, int slot, int j, int[] x, int[] start, int[] freq) {
        int block = 0;
        int below = 0;
        int sum = 0;
        for (int k = 1; k < blocks; k++) {
            final int s = sums[r * blocks + k - 1];
            sum += s;
            final int reached = reached(k * BLOCK, sum, total, slot);
            block -= reached;
            below += s & reached;
        }
        int i = block * BLOCK;
        sum = below;
        for (int k = 1; k < BLOCK / LANES; k++) {
            final int s = IntVector.fromArray(INTS, weights, r * width + block * BLOCK + (k - 1) * LANES)
                    .reduceLanes(VectorOperators.ADD);
            sum += s;
            final int reached = reached(block * BLOCK + k * LANES, sum, total, slot);
            i += LANES & reached;
            below += s & reached;
        }
        // F(i + l + 1) <= slot, exactly in binary64; never so for the last lane of the vector.
        final IntVector scan = scan(IntVector.fromArray(INTS, weights, r * width + i));
        scan.intoArray(scanned, 1);
        final IntVector c = scan.add(below);
        final double limit = (double) (slot - i) * total;
        final DoubleVector low = (DoubleVector) c.convertShape(VectorOperators.I2D, DOUBLES, 0);
        final DoubleVector high = (DoubleVector) c.convertShape(VectorOperators.I2D, DOUBLES, 1);
        final int place = low.mul(slots).compare(VectorOperators.LT, LOW_LANE.mul(-total).add(limit)).trueCount()
                + high.mul(slots).compare(VectorOperators.LT, HIGH_LANE.mul(-total).add(limit)).trueCount();
        x[j] = i + place;
        interval(i + place, below + scanned[place], scanned[place + 1] - scanned[place], total, j, start, freq);
    }

    /** The sums of the lanes up to each. */
    private static IntVector scan(IntVector v) {
        IntVector s = v.add(v.rearrange(UP_1), FROM_1);
        s = s.add(s.rearrange(UP_2), FROM_2);
        s = s.add(s.rearrange(UP_4), FROM_4);
        return LANES > 8 ? s.add(s.rearrange(UP_8), FROM_8) : s;
    }

    /** -1 if {@code F(i) <= slot}, that is {@code floor(C(i) slots / T) <= slot - i} without the division; else 0. */
    private int reached(int i, int cumulative, int total, int slot) {
        return (int) ((long) cumulative * slots - (long) (slot - i + 1) * total >> 63);
    }

    private void interval(int i, int below, int weight, int total, int j, int[] start, int[] freq) {
        final int first = i + Softmax.scale(below, slots, total);
        start[j] = first;
        freq[j] = i + 1 + Softmax.scale(below + weight, slots, total) - first;
    }
}
