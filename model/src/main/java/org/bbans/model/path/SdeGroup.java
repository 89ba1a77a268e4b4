package org.bbans.model.path;

import java.util.Arrays;
import org.bbans.codec.Codec;
import org.bbans.codec.PathCodec;
import org.bbans.codec.Tape;
import org.bbans.codec.distribution.Distribution;
import org.bbans.codec.distribution.GaussianBuckets;
import org.bbans.codec.engine.Engine;
import org.bbans.model.chain.GroupCost;
import org.bbans.model.chain.GroupModel;
import org.bbans.model.chain.RecordModel;

/** An {@link Sde} over groups of records. */
final class SdeGroup implements GroupModel {

    private final Sde model;
    private final Engine engine;
    private final int capacity;
    private final SdePath path;
    private final Tape tape = Tape.withOwners();
    private final int[] start;
    private final int[] freq;
    private final int[] owner;
    private PathCodec codec;
    private int records;
    private int steps;

    SdeGroup(Sde model, SdeWeights weights, Engine engine, int capacity) {
        this.model = model;
        this.engine = engine;
        this.capacity = capacity;
        path = new SdePath(weights, engine, capacity);
        start = new int[Math.max(weights.spec.dims(), weights.spec.latents()) * capacity];
        freq = new int[start.length];
        owner = new int[start.length];
        steps = model.steps();
        group(capacity);
    }

    @Override
    public RecordModel model() {
        return model;
    }

    @Override
    public Engine engine() {
        return engine;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public boolean fronts() {
        return false;
    }

    @Override
    public void group(int count) {
        if (count < 1 || count > capacity) {
            throw new IllegalArgumentException("a group has 1 to " + capacity + " records: " + count);
        }
        if (count != records) {
            records = count;
            reset();
        }
    }

    @Override
    public void steps(int count) {
        if (count != steps) {
            steps = count;
            reset();
        }
    }

    private void reset() {
        path.set(records, steps);
        codec = new PathCodec(path);
        Arrays.setAll(owner, i -> i % records);
    }

    @Override
    public Codec at(int depth) {
        return depth == 0 ? path.plain() : codec;
    }

    @Override
    public GroupCost cost(int[] x, int[] slot, int leastDepth) {
        final double[][] popped = new double[2][];
        final double[][] net = new double[2][];
        if (leastDepth == 0) {
            path.setPlain();
            popped[0] = new double[records];
            net[0] = bits(path.samples, x);
        }
        final int last = path.steps();
        final double[] latents = new double[last];
        final double[] grown = new double[records];
        final double[] least = new double[records];
        double[] samples = null;
        int[] later = x;
        for (int t = 1; t <= last; t++) {
            final int size = path.size(t);
            final int[] earlier = new int[size];
            path.setBackward(t, later);
            final int from = (last - t) * size;
            path.buckets.search(Arrays.copyOfRange(slot, from, from + size), 0, size, earlier, start, freq);
            add(bits(size), -1, grown, latents, last - t);
            for (int j = 0; j < records; j++) {
                least[j] = Math.min(least[j], grown[j]);
            }
            path.setForward(t, earlier);
            final double[] pushing = bits(t == 1 ? path.samples : path.buckets, later);
            if (t == 1) {
                samples = pushing;
                add(pushing, 1, grown, null, 0);
            } else {
                add(pushing, 1, grown, latents, last - t + 1);
            }
            later = earlier;
        }
        final double[] prior = new double[records];
        Arrays.fill(prior, GaussianBuckets.BITS * (path.size(last) / records));
        add(prior, 1, grown, latents, 0);
        popped[1] = Arrays.stream(least).map(b -> -b).toArray();
        net[1] = grown;
        return new GroupCost(popped, net, samples, latents);
    }

    private static void add(double[] bits, int sign, double[] grown, double[] latents, int step) {
        for (int j = 0; j < bits.length; j++) {
            grown[j] += sign * bits[j];
            if (latents != null) {
                latents[step] += sign * bits[j];
            }
        }
    }

    /** Bits of symbols, by record. */
    private double[] bits(Distribution distribution, int[] symbols) {
        distribution.intervals(symbols, 0, symbols.length, start, freq);
        return bits(symbols.length);
    }

    /** Bits of the intervals at hand, by record. */
    private double[] bits(int n) {
        tape.clear();
        tape.add(start, freq, owner, n);
        return tape.bitsByOwner(records);
    }
}
