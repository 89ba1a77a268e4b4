package org.bbans.model;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.causal.RecordLikelihood;
import org.bbans.model.chain.ChainCost;
import org.bbans.model.chain.ChainHeader;
import org.bbans.model.file.ModelFile;
import org.bbans.model.latent.LatentModel;
import org.bbans.model.latent.Posterior;
import org.bbans.model.net.Network;
import org.bbans.model.spec.ModelSpec;

/**
 * The evidence lower bound of a model as it codes, over some records: with integer frequencies for probabilities and
 * one sample of the discretised posterior for each record. Coding a long chain costs this much, heads and headers
 * aside.
 *
 * @param records number of records
 * @param dims samples in a record
 * @param reconstructionBits sum over all records of -log2 p(x | z)
 * @param klPerLatent for each latent, those of the top layer first, the mean over the records of log2 q(z | x) / p(z)
 *     given the layer above, in bits: near 0 where it is unused
 */
public record Elbo(int records, int dims, double reconstructionBits, List<Double> klPerLatent) {

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
     * @throws CorruptArchiveException if the model's weights are so large that some record could overflow
     */
    public static Elbo of(ModelFile file, byte[] samples, int records, long seed) throws CorruptArchiveException {
        final ModelSpec spec = file.spec();
        final int dims = spec.dims();
        final int latents = spec.latents();
        if (records < 1) {
            throw new IllegalArgumentException("at least one record is needed");
        }
        Objects.checkFromIndexSize(0, Math.multiplyExact(records, dims), samples.length);
        final int lanes = Math.min(ChainHeader.bestLanes(spec), records);
        final LatentModel model = new LatentModel(new Network(file), Engines.forWork(records * spec.multiplyAdds()),
            lanes, false);
        final int[] x = new int[dims * lanes];
        final int perSample = model.intervalsPerSample();
        final int[] start = new int[dims * lanes * perSample];
        final int[] freq = new int[dims * lanes * perSample];
        final int[] z = new int[latents * lanes];
        final int[] slot = new int[latents * lanes];
        final int[] zStart = new int[latents * lanes];
        final int[] zFreq = new int[latents * lanes];
        final double[] kl = new double[latents];
        double reconstruction = 0;
        for (int first = 0; first < records; first += lanes) {
            final int n = Math.min(lanes, records - first);
            model.group(n);
            gather(samples, first, n, dims, spec.levels(), x);
            final RecordLikelihood likelihood;
            if (latents == 0) {
                likelihood = model.plain();
            } else {
                final Posterior posterior = model.posterior(x);
                for (int j = 0; j < n; j++) {
                    final SplittableRandom random = new SplittableRandom(seed + 0xD134_2543_DE82_EF95L * (first + j));
                    for (int d = 0; d < latents; d++) {
                        slot[d * n + j] = random.nextInt(1 << posterior.precision());
                    }
                }
                posterior.search(slot, z, zStart, zFreq);
                for (int i = 0; i < latents * n; i++) {
                    kl[i / n] += log2(zFreq[i]) - posterior.precision() + LatentModel.LATENT_BITS;
                }
                likelihood = model.likelihood(z, 0, spec.layers().size());
            }
            likelihood.intervals(x, 0, start, freq);
            reconstruction += ChainCost.information(freq, dims * n * perSample, likelihood.precision());
        }
        return new Elbo(records, dims, reconstruction, Arrays.stream(kl).mapToObj(k -> k / records).toList());
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

    private static double log2(int n) {
        return StrictMath.log(n) / StrictMath.log(2);
    }
}
