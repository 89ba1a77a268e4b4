package org.bbans.model.path;

import java.util.Arrays;
import org.bbans.codec.Codec;
import org.bbans.codec.PathCodec;
import org.bbans.codec.distribution.Distribution;
import org.bbans.codec.engine.Engine;
import org.bbans.model.chain.GroupCost;

/** A {@link Flow} over one record at a time. */
final class FlowGroup extends CellGroup {

    private final FlowPath path;
    private final int[] symbol;

    FlowGroup(Flow model, FlowWeights weights, Engine engine) {
        this(model, new FlowPath(weights, engine), engine);
    }

    private FlowGroup(Flow model, FlowPath path, Engine engine) {
        super(model, engine, new PathCodec(path));
        this.path = path;
        symbol = new int[model.dims()];
    }

    @Override
    Codec plain() {
        return path.plain();
    }

    @Override
    public GroupCost cost(int[] x, int[] slot, int leastDepth) {
        final int steps = path.steps();
        final double[][] popped = new double[2][];
        final double[][] net = new double[2][];
        if (leastDepth == 0) {
            path.setPlain();
            popped[0] = new double[1];
            net[0] = new double[] {bits(path.samples, x, x.length)};
        }
        final double[] latents = new double[steps];
        double grown = 0;
        double least = 0;
        int from = slot.length;
        int[] later = x;
        for (int t = 1; t <= steps; t++) {
            final int[] pixels = path.changed(t);
            final int n = pixels.length;
            from -= n;
            final int[] earlier = later.clone();
            path.setBackward(t, later).search(Arrays.copyOfRange(slot, from, from + n), 0, n, symbol, start, freq);
            for (int i = 0; i < n; i++) {
                earlier[pixels[i]] = path.base(i) + symbol[i];
            }
            final double popping = bits(n);
            grown -= popping;
            least = Math.min(least, grown);
            latents[steps - t] -= popping;
            if (t > 1) {
                final Distribution forward = path.setForward(t, earlier);
                for (int i = 0; i < n; i++) {
                    symbol[i] = later[pixels[i]] - path.base(i);
                }
                final double pushing = bits(forward, symbol, n);
                grown += pushing;
                latents[steps - t + 1] += pushing;
            }
            later = earlier;
        }
        final double last = bits(path.prior.coarse, path.prior.stretches(later), later.length)
                + path.prior.bitsBeyondAndFine(later);
        grown += last;
        latents[0] += last;
        popped[1] = new double[] {-least};
        net[1] = new double[] {grown};
        return new GroupCost(popped, net, new double[1], latents);
    }
}
