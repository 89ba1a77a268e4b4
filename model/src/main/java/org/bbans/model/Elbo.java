package org.bbans.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.bbans.codec.distribution.Distribution;
import org.bbans.codec.engine.Engines;
import org.bbans.model.chain.GroupCost;
import org.bbans.model.chain.GroupModel;
import org.bbans.model.chain.RecordModel;

/**
 * The evidence lower bound of a model as it codes, over some records: with integer frequencies for probabilities and
 * one sample of the discretised posterior for each record. Coding a long chain costs this much, heads and headers
 * aside.
 *
 * @param records number of records
 * @param dims samples in a record
 * @param reconstructionBits sum over all records of -log2 p(x | z)
 * @param klPerLatent for each latent, those of the top layer first, the mean over the records of log2 q(z | x) / p(z)
 *     given the layer above, in bits: near 0 where it is unused; of a path, for each step (see {@link GroupCost})
 */
public record Elbo(int records, int dims, double reconstructionBits, List<Double> klPerLatent) {

    /** Binary logarithm of the number of slots of a posterior. */
    private static final int SLOT_BITS = Distribution.PRECISION;

    /** Sum over all records of log2 q(z | x) / p(z). */
    public double klBits() {
        return records * klPerLatent.stream().mapToDouble(Double::doubleValue).sum();
    }

    /** Reconstruction and KL divergence in bits, over all records. */
    public double totalBits() {
        return reconstructionBits + klBits();
    }

    /** The negative ELBO in bits for each sample. */
    public double bitsPerDim() {
        return totalBits() / records / dims;
    }

    /** The reconstruction's part of {@link #bitsPerDim}. */
    public double reconstructionPerDim() {
        return reconstructionBits / records / dims;
    }

    /** The KL divergence's part of {@link #bitsPerDim}. */
    public double klPerDim() {
        return klBits() / records / dims;
    }

    /**
     * Evaluates a model.
     *
     * @param samples {@code records * dims} levels, record after record
     * @param seed chooses the latents; record i's latents depend on the seed and on i only
     */
    public static Elbo of(Model model, byte[] samples, int records, long seed) {
        final RecordModel shared = model.records();
        final int dims = shared.dims();
        final int latents = Arrays.stream(shared.layers()).sum();
        if (records < 1) {
            throw new IllegalArgumentException("at least one record is needed");
        }
        Objects.checkFromIndexSize(0, Math.multiplyExact(records, dims), samples.length);
        final int lanes = Math.min(shared.bestLanes(), records);
        final GroupModel groups = shared.groups(Engines.forWork(records * shared.multiplyAdds()), lanes, false);
        final List<GroupCost> costs = new ArrayList<>();
        for (int first = 0; first < records; first += lanes) {
            final int n = Math.min(lanes, records - first);
            groups.group(n);
            final int[] x = new int[dims * n];
            final int[] slot = new int[latents * n];
            gather(samples, first, n, dims, shared.levels(), x);
            for (int j = 0; j < n; j++) {
                final SplittableRandom random = new SplittableRandom(seed + 0xD134_2543_DE82_EF95L * (first + j));
                for (int d = 0; d < latents; d++) {
                    slot[d * n + j] = random.nextInt(1 << SLOT_BITS);
                }
            }
            costs.add(groups.cost(x, slot, shared.layers().length));
        }
        final double reconstruction = costs.stream().flatMapToDouble(c -> Arrays.stream(c.samples())).sum();
        final double[] kl = new double[costs.get(0).latents().length];
        Arrays.setAll(kl, i -> costs.stream().mapToDouble(c -> c.latents()[i]).sum() / records);
        return new Elbo(records, dims, reconstruction, Arrays.stream(kl).boxed().toList());
    }

    private static void gather(byte[] samples, int first, int records, int dims, int levels, int[] x) {
        for (int j = 0; j < records; j++) {
            for (int i = 0; i < dims; i++) {
                final int level = samples[(first + j) * dims + i] & 0xFF;
                if (level >= levels) {
                    throw new IllegalArgumentException("a sample is " + level + ", the model has " + levels
                            + " levels");
                }
                x[i * records + j] = level;
            }
        }
    }
}
