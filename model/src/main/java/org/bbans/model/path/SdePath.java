package org.bbans.model.path;

import org.bbans.codec.Codec;
import org.bbans.codec.Path;
import org.bbans.codec.distribution.Categorical;
import org.bbans.codec.distribution.DistributionCodec;
import org.bbans.codec.distribution.GaussianBuckets;
import org.bbans.codec.distribution.SampleCodec;
import org.bbans.codec.distribution.Uniform;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.math.Exact;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.Mlp;
import org.bbans.model.spec.SdeSpec;

/**
 * Latents in continuous time, in N steps of Euler and Maruyama, of a group of records: z_0 of the path is the records'
 * levels, z_1 is z(1), and z_(T) with T = N + 1 is z(0). Symbols are sample-major and latent-major: symbol
 * {@code i * records + j} is that of record j. For one thread.
 */
final class SdePath implements Path {

    /** Half the rate at which both processes return to 0. */
    private static final float RETURN = 0.5f;
    /** Least and greatest logarithm of the standard deviation of z(1). */
    private static final float LOG_SIGMA_LOW = -5;
    private static final float LOG_SIGMA_HIGH = 1;
    private static final int LEVELS = SdeSpec.LEVELS;

    private final SdeWeights weights;
    private final Kernels kernels;
    private final Mlp encoder;
    private final Mlp forward;
    private final Mlp backward;
    private final Mlp decoder;
    /** {@code [sample][lane]}. */
    private final float[][] record;
    /** {@code [latent][lane]}, then t and its square. */
    private final float[][] state;
    private final float[] mean;
    private final float[] sigma;
    private final float[] logits;
    /** Those of one sample. */
    private final float[] own;
    final GaussianBuckets buckets;
    final Categorical samples;
    private int records;
    private int steps;
    private DistributionCodec bucketCodec;
    private SampleCodec sampleCodec;
    private DistributionCodec levelCodec;
    private DistributionCodec prior;

    /** @param capacity greatest number of records */
    SdePath(SdeWeights weights, Engine engine, int capacity) {
        this.weights = weights;
        kernels = Kernels.of(engine);
        final SdeSpec spec = weights.spec;
        final int lanes = Kernels.lanesFor(capacity);
        encoder = new Mlp(weights.encoder, spec.activation(), lanes);
        forward = new Mlp(weights.forward, spec.activation(), lanes);
        backward = new Mlp(weights.backward, spec.activation(), lanes);
        decoder = new Mlp(weights.decoder, spec.activation(), lanes);
        record = new float[spec.dims()][lanes];
        state = new float[spec.latents() + SdeSpec.TIMES][lanes];
        mean = new float[spec.latents() * capacity];
        sigma = new float[mean.length];
        logits = new float[spec.dims() * capacity * LEVELS];
        own = new float[capacity * LEVELS];
        buckets = GaussianBuckets.of(engine);
        buckets.set(mean, sigma, 0);
        samples = Categorical.of(LEVELS, engine);
        samples.set(logits, 0);
    }

    /** Sets the number of records, and that of the steps of time. */
    void set(int count, int stepsOfTime) {
        records = count;
        steps = stepsOfTime;
        bucketCodec = new DistributionCodec(buckets, size(1));
        sampleCodec = new SampleCodec(buckets, size(1));
        levelCodec = new DistributionCodec(samples, size(0));
        prior = new DistributionCodec(new Uniform(GaussianBuckets.BITS), size(1));
    }

    @Override
    public int steps() {
        return steps + 1;
    }

    @Override
    public int size(int t) {
        return (t == 0 ? weights.spec.dims() : weights.spec.latents()) * records;
    }

    @Override
    public Codec prior() {
        return prior;
    }

    @Override
    public Codec forward(int t, int[] z) {
        setForward(t, z);
        return t == 1 ? levelCodec : bucketCodec;
    }

    @Override
    public Codec backward(int t, int[] z) {
        setBackward(t, z);
        sampleCodec.setKey(t);
        return sampleCodec;
    }

    /** The codec of records that do without latents: independent samples of one distribution. */
    Codec plain() {
        setPlain();
        return levelCodec;
    }

    /** Gives {@link #samples}, or for t of 2 or more {@link #buckets}, the parameters of z_(t-1) given z_t. */
    void setForward(int t, int[] z) {
        if (t > 1) {
            step(forward, z, steps + 1 - t);
            return;
        }
        setState(z);
        final float[][] factors = decoder.forward(kernels, state, Kernels.lanesFor(records));
        for (int i = 0; i < weights.spec.dims(); i++) {
            kernels.logits(weights.table, factors, i * weights.spec.rank(), records, own);
            System.arraycopy(own, 0, logits, i * records * LEVELS, records * LEVELS);
        }
    }

    /** Gives {@link #buckets} the parameters of z_t given z_(t-1). */
    void setBackward(int t, int[] z) {
        if (t > 1) {
            step(backward, z, steps + 2 - t);
            return;
        }
        for (int i = 0; i < record.length; i++) {
            for (int j = 0; j < records; j++) {
                record[i][j] = z[i * records + j] / (float) (LEVELS - 1);
            }
        }
        final float[][] out = encoder.forward(kernels, record, Kernels.lanesFor(records));
        final int latents = weights.spec.latents();
        for (int d = 0; d < latents; d++) {
            for (int j = 0; j < records; j++) {
                final float log = Math.min(Math.max(out[latents + d][j], LOG_SIGMA_LOW), LOG_SIGMA_HIGH);
                mean[d * records + j] = out[d][j];
                sigma[d * records + j] = Exact.exp(log);
            }
        }
    }

    /** Gives {@link #samples} the parameters of records without latents. */
    void setPlain() {
        for (int i = 0; i < size(0); i++) {
            System.arraycopy(weights.plain, 0, logits, i * LEVELS, LEVELS);
        }
    }

    private void setState(int[] z) {
        for (int d = 0; d < weights.spec.latents(); d++) {
            for (int j = 0; j < records; j++) {
                state[d][j] = GaussianBuckets.centre(z[d * records + j]);
            }
        }
    }

    /** The parameters of the state that a step leads to which begins in z at t = n / N. */
    private void step(Mlp drift, int[] z, int n) {
        setState(z);
        final int latents = weights.spec.latents();
        final float t = (float) n / steps;
        for (int j = 0; j < records; j++) {
            state[latents][j] = t;
            state[latents + 1][j] = t * t;
        }
        final float[][] out = drift.forward(kernels, state, Kernels.lanesFor(records));
        final float h = 1f / steps;
        final float deviation = (float) Math.sqrt(h);
        for (int d = 0; d < latents; d++) {
            for (int j = 0; j < records; j++) {
                final float from = state[d][j];
                mean[d * records + j] = Math.fma(h, Math.fma(-RETURN, from, out[d][j]), from);
                sigma[d * records + j] = deviation;
            }
        }
    }
}
