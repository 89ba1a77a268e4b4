package org.bbans.bench.latent;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bbans.model.image.DecisionCost;
import org.bbans.model.image.HeadInputs;
import org.bbans.model.image.ImageGrid;

/**
 * Bits of samples that are coded in their order, by the mixtures alone and with the coder's counts, and of latents:
 * bounds, of one sample of the latents. With learning, the model's weights change as the coder's do: latents are known
 * before the first sample that has them. They go on from group to group, in which bits back cannot follow as it is;
 * so for groups this favours latents.
 */
final class CodeLength {

    /** As the coder learns: with this rate and this momentum. */
    private static final double RATE = 0.0048 / 4;
    private static final double MEAN = 0.6;

    private final LatentModel model;
    private final boolean learning;
    private final SplittableRandom random;
    private final double[] before;
    private final DecisionCost counts = new DecisionCost(LatentTraining.SHAPE);
    private final float[] mixture = new float[3 * ModulatedHead.LOGISTICS];
    private final AdamStep adam;
    private final double[] gradient;
    private final Map<Integer, ModulatedHead.Batch> bySize = new HashMap<>();
    private long batches;

    private double mixtureBits;
    private double codedBits;
    private double latentBits;
    private long samples;
    private int units;

    CodeLength(LatentModel model, boolean learning, SplittableRandom random) {
        this.model = model;
        this.learning = learning;
        this.random = random;
        before = model.parameters.clone();
        adam = new AdamStep(model.head.size(), MEAN);
        gradient = new double[model.head.size()];
    }

    /** Gives the model the weights that it had at first. */
    void end() {
        System.arraycopy(before, 0, model.parameters, 0, before.length);
    }

    /** Adds what another has, if there is one. */
    CodeLength plus(CodeLength other) {
        if (other != null) {
            mixtureBits += other.mixtureBits;
            codedBits += other.codedBits;
            latentBits += other.latentBits;
            samples += other.samples;
            units += other.units;
        }
        return this;
    }

    /** Bits a sample, with counts. */
    double coded() {
        return (codedBits + latentBits) / samples;
    }

    void print(String name, String how) {
        System.out.printf(Locale.ROOT,
                "%-13s %-27s mixture %.4f, with counts %.4f b/sample; latents %.1f bits each of %d%n",
                name, how, (mixtureBits + latentBits) / samples, coded(), latentBits / units, units);
    }

    /**
     * Adds what samples take.
     *
     * @param grid extents of their records
     * @param owner the unit that each belongs to
     * @param q posteriors of the units
     */
    void add(ImageGrid grid, HeadInputs inputs, int[] owner, double[][] q) {
        final int k = model.latents();
        final double[][] z = new double[q.length][k];
        for (int u = 0; u < q.length; u++) {
            for (int i = 0; i < k; i++) {
                z[u][i] = q[u][i] + Math.exp(q[u][k + i]) * random.nextGaussian();
            }
            latentBits += LatentModel.divergence(q[u]) / Math.log(2);
        }
        final int[] raster = new int[inputs.size()];
        for (int i = 0; i < raster.length; i++) {
            raster[inputs.place()[i]] = (int) inputs.value()[i];
        }
        int from = 0;
        for (int end : inputs.batchEnd()) {
            final int n = end - from;
            final ModulatedHead.Batch batch = bySize.computeIfAbsent(n, size -> model.head.batch(size, size));
            final int[] rows = IntStream.range(from, end).boxed()
                    .sorted(Comparator.comparingInt(row -> owner[row])).mapToInt(row -> row).toArray();
            load(batch, inputs, rows, owner, z);
            mixtureBits += batch.forward(model.parameters) / Math.log(2);
            for (int i = 0; i < n; i++) {
                batch.mixture(i, mixture);
                codedBits += coded(grid, inputs, rows[i], raster);
            }
            if (learning && batches++ % LatentTraining.SHAPE.interval() == 0) {
                learn(batch);
            }
            from = end;
        }
        samples += inputs.size();
        units += q.length;
    }

    private static void load(ModulatedHead.Batch batch, HeadInputs inputs, int[] rows, int[] owner, double[][] z) {
        batch.clear();
        int segment = 0;
        for (int i = 0; i < rows.length; i++) {
            final double[] own = z[owner[rows[i]]];
            batch.add(inputs, rows[i]);
            if (i + 1 == rows.length || owner[rows[i + 1]] != owner[rows[i]]) {
                System.arraycopy(own, 0, batch.z, segment * own.length, own.length);
                batch.endSegment();
                segment++;
            }
        }
    }

    /** Beyond the edges lies what is next to them. */
    private double coded(ImageGrid grid, HeadInputs inputs, int row, int[] raster) {
        final int place = inputs.place()[row];
        final int width = grid.width();
        final boolean first = place % width == 0;
        final boolean top = place % (width * grid.height()) < width;
        final int west = !first ? raster[place - 1] : top ? 0 : raster[place - width];
        return counts.bits(mixture, inputs.prediction()[row], inputs.scale()[row], west,
                top ? west : raster[place - width], raster[place]);
    }

    private void learn(ModulatedHead.Batch batch) {
        Arrays.fill(gradient, 0);
        batch.backward(model.parameters, gradient);
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] /= batch.size();
        }
        adam.take(model.parameters, gradient, RATE);
    }
}
