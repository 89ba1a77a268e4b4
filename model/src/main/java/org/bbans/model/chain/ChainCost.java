package org.bbans.model.chain;

import java.util.Arrays;
import org.bbans.codec.distribution.Distribution;

/**
 * Estimates, from some records, of what a record takes when its latents are those of the {@code depth} upper layers.
 * Logarithms are {@code StrictMath}'s, so that all machines estimate the same.
 */
public final class ChainCost {

    private static final int MIN_PROBES = 16;
    private static final int MAX_PROBES = 64;
    private static final int PROBE_SHARE = 16;
    /** Records that are looked at even where fewer are coded in lockstep. */
    private static final int FEW = 8;
    /** Estimates are off by some bits, and a group needs its bits in every head at once. */
    private static final double MARGIN = 1.1;
    /** Binary logarithm of the number of slots of a posterior. */
    private static final int SLOT_BITS = Distribution.PRECISION;
    /** Multiples of the golden section modulo 2^32: they spread evenly. */
    private static final int GOLDEN = 0x9E37_79B1;

    /** {@code [depth]}: bits that a record's latents are popped from. */
    private final double[] popped;
    /** {@code [depth]}: bits that the stack grows by. */
    private final double[] net;
    /** {@code [record]}: what it grows by more with all latents than without. */
    private final double[] extra;
    /** Bits that drawing a record from its set takes; 0 if the order of records matters. */
    private final double draw;

    private ChainCost(double[] popped, double[] net, double[] extra, double draw) {
        this.draw = draw;
        this.popped = popped;
        this.net = net;
        this.extra = extra;
    }

    /** The costs on some records of a block, few of a small one, for they are coded once more than the others. */
    static ChainCost of(GroupModel groups, Gatherer gatherer, int count, int lanes) {
        final int wanted = Math.max(MIN_PROBES, Math.min(count / PROBE_SHARE, MAX_PROBES));
        final int records = Math.min(count, Math.max(FEW, Math.min(lanes, wanted)));
        final int[] x = new int[groups.model().dims() * records];
        gatherer.gather(records, count / records, x);
        return of(groups, x, records);
    }

    /** The costs on records, sample-major. */
    static ChainCost of(GroupModel groups, int[] x, int records) {
        final int[] layers = groups.model().layers();
        final double[] popped = new double[layers.length + 1];
        final double[] net = new double[layers.length + 1];
        final double[] extra = new double[records];
        final int most = Math.min(groups.capacity(), records);
        for (int first = 0; first < records; first += most) {
            final int some = Math.min(most, records - first);
            groups.group(some);
            final GroupCost cost = groups.cost(columns(x, records, first, some), slots(groups.model(), some, 0), 0);
            for (int depth = 0; depth <= layers.length; depth++) {
                for (int j = 0; j < some; j++) {
                    popped[depth] += cost.popped()[depth][j] / records;
                    net[depth] += cost.net()[depth][j] / records;
                }
            }
            for (int j = 0; j < some; j++) {
                extra[first + j] = cost.net()[layers.length][j] - cost.net()[0][j];
            }
        }
        return new ChainCost(popped, net, extra, 0);
    }

    /**
     * Bits that each of some records, sample-major, takes with latents in the {@code depth} upper layers.
     *
     * @param draw number of the sample of their latents
     */
    static double[] bits(GroupModel groups, int[] x, int records, int depth, int draw) {
        return groups.cost(x, slots(groups.model(), records, draw), depth).net()[depth];
    }

    /** For each latent of each record a slot, others for every draw. */
    private static int[] slots(RecordModel model, int records, int draw) {
        final int[] slots = new int[Arrays.stream(model.layers()).sum() * records];
        Arrays.setAll(slots, i -> (draw * slots.length + i) * GOLDEN >>> Integer.SIZE - SLOT_BITS);
        return slots;
    }

    /** These costs if drawing a record takes so many bits. */
    ChainCost withDraw(double bits) {
        return new ChainCost(popped, net, extra, bits);
    }

    double draw() {
        return draw;
    }

    /** Some of the records. */
    private static int[] columns(int[] x, int records, int first, int some) {
        final int[] part = new int[x.length / records * some];
        for (int i = 0; i < part.length; i++) {
            part[i] = x[i / some * records + first + i % some];
        }
        return part;
    }

    int layers() {
        return net.length - 1;
    }

    double net(int depth) {
        return net[depth];
    }

    /** Whether records without latents are cheaper, and that by more than their number leaves to chance. */
    boolean latentsDoNotPay() {
        double sum = 0;
        for (double e : extra) {
            sum += e;
        }
        final double mean = sum / extra.length;
        double squares = 0;
        for (double e : extra) {
            squares += (e - mean) * (e - mean);
        }
        return extra.length > 1 && mean > StrictMath.sqrt(squares / (extra.length - 1) / extra.length);
    }

    /** Whether every group finds its bits. */
    boolean suffices(ChainHeader h, int count) {
        double bits = -32.0 * h.heads();
        int size;
        for (int coded = 0; coded < count; coded += size) {
            size = h.groupSize(coded, count);
            final int depth = h.depth(coded, layers());
            final double drawn = coded < h.undrawn() ? 0 : draw;
            final double taken = size * (popped[depth] + drawn);
            if (taken > 0 && taken * MARGIN > bits) {
                return false;
            }
            bits += size * (net[depth] - drawn);
            if (size == h.lanes() && coded >= h.plain() && depth == layers() && net[depth] > drawn) {
                break;
            }
        }
        return true;
    }

    /**
     * The initial bits of a chain: what records take that do without some or all of the latents, beyond what they would
     * take with them. None if no record has any.
     *
     * @param records number of records in the block
     */
    public double initialBits(ChainHeader header, int records) {
        return header.plain() >= records ? 0 : Math.max(0, excess(header, records));
    }

    /** Bits that the records take which do without some of the layers, beyond what they would take with all. */
    double excess(ChainHeader h, int count) {
        double excess = 0;
        int size;
        for (int coded = 0; coded < count && h.depth(coded, layers()) < layers(); coded += size) {
            size = h.groupSize(coded, count);
            excess += size * (net[h.depth(coded, layers())] - net[layers()]);
        }
        return excess;
    }

    /** Fetches the block's records 0, step, 2 * step and so on, sample-major. */
    @FunctionalInterface
    interface Gatherer {
        void gather(int records, int step, int[] x);
    }
}
