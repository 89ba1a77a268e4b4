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

/** A {@link Diffusion} over one record at a time. */
final class DiffusionGroup implements GroupModel {

    private final Diffusion model;
    private final Engine engine;
    private final DiffusionPath path;
    private final PathCodec codec;
    private final Tape tape = new Tape();
    private final int[] start;
    private final int[] freq;

    DiffusionGroup(Diffusion model, DiffusionWeights weights, Engine engine) {
        this.model = model;
        this.engine = engine;
        path = new DiffusionPath(weights, engine);
        codec = new PathCodec(path);
        start = new int[model.dims()];
        freq = new int[model.dims()];
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
        return 1;
    }

    @Override
    public boolean fronts() {
        return false;
    }

    @Override
    public void group(int records) {
        if (records != 1) {
            throw new IllegalArgumentException("a group has one record: " + records);
        }
    }

    @Override
    public Codec at(int depth) {
        return depth == 0 ? path.plain() : codec;
    }

    @Override
    public GroupCost cost(int[] x, int[] slot, int leastDepth) {
        final int dims = model.dims();
        final int steps = path.steps();
        final double[][] popped = new double[2][];
        final double[][] net = new double[2][];
        if (leastDepth == 0) {
            path.setPlain();
            popped[0] = new double[1];
            net[0] = new double[] {bits(path.samples, x)};
        }
        final double[] latents = new double[steps];
        double samples = 0;
        double grown = 0;
        double least = 0;
        int[] later = x;
        for (int t = 1; t <= steps; t++) {
            final int[] earlier = new int[dims];
            path.setBackward(t, later);
            final int from = (steps - t) * dims;
            final int[] slots = Arrays.copyOfRange(slot, from, from + dims);
            path.buckets.search(slots, 0, dims, earlier, start, freq);
            final double popping = bits(dims);
            grown -= popping;
            least = Math.min(least, grown);
            latents[steps - t] -= popping;
            path.setForward(t, earlier);
            final double pushing = bits(t == 1 ? path.samples : path.buckets, later);
            grown += pushing;
            if (t == 1) {
                samples = pushing;
            } else {
                latents[steps - t + 1] += pushing;
            }
            later = earlier;
        }
        grown += GaussianBuckets.BITS * dims;
        latents[0] += GaussianBuckets.BITS * dims;
        popped[1] = new double[] {-least};
        net[1] = new double[] {grown};
        return new GroupCost(popped, net, new double[] {samples}, latents);
    }

    /** Bits of symbols. */
    private double bits(Distribution distribution, int[] symbols) {
        distribution.intervals(symbols, 0, symbols.length, start, freq);
        return bits(symbols.length);
    }

    /** Bits of the intervals at hand. */
    private double bits(int n) {
        tape.clear();
        tape.add(start, freq, null, n);
        return tape.bits();
    }
}
