package org.bbans.model.path;

import java.util.Arrays;
import org.bbans.codec.Codec;
import org.bbans.codec.PathCodec;
import org.bbans.codec.distribution.GaussianBuckets;
import org.bbans.codec.engine.Engine;
import org.bbans.model.chain.GroupCost;

/** A {@link Diffusion} over one record at a time. */
final class DiffusionGroup extends CellGroup {

    private final DiffusionPath path;

    DiffusionGroup(Diffusion model, DiffusionWeights weights, Engine engine) {
        this(model, new DiffusionPath(weights, engine), engine);
    }

    private DiffusionGroup(Diffusion model, DiffusionPath path, Engine engine) {
        super(model, engine, new PathCodec(path));
        this.path = path;
    }

    @Override
    Codec plain() {
        return path.plain();
    }

    @Override
    public GroupCost cost(int[] x, int[] slot, int leastDepth) {
        final int dims = model().dims();
        final int steps = path.steps();
        final double[][] popped = new double[2][];
        final double[][] net = new double[2][];
        if (leastDepth == 0) {
            path.setPlain();
            popped[0] = new double[1];
            net[0] = new double[] {bits(path.samples, x, x.length)};
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
            final double pushing = bits(t == 1 ? path.samples : path.buckets, later, dims);
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
}
