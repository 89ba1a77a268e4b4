package org.bbans.model.path;

import org.bbans.codec.Codec;
import org.bbans.codec.Path;
import org.bbans.codec.distribution.Categorical;
import org.bbans.codec.distribution.DistributionCodec;
import org.bbans.codec.distribution.GaussianBuckets;
import org.bbans.codec.distribution.SampleCodec;
import org.bbans.codec.distribution.Uniform;
import org.bbans.codec.engine.Engine;
import org.bbans.model.spec.DiffusionSpec;

/**
 * The states of a diffusion: z_0 the levels of a record, z_t for t from 1 to T the buckets of x_t. The backward kernels
 * q(x_t | x_(t-1)) = N(fade x_(t-1), noise^2) are fixed, the forward ones are the network's, the prior is N(0, 1). For
 * one thread.
 */
final class DiffusionPath implements Path {

    private final DiffusionWeights weights;
    private final DiffusionNetwork network;
    private final float[] mean;
    private final float[] sigma;
    private final float[] logits;
    final GaussianBuckets buckets;
    final Categorical samples;
    private final DistributionCodec bucketCodec;
    private final SampleCodec sampleCodec;
    private final DistributionCodec levelCodec;
    private final DistributionCodec prior;

    DiffusionPath(DiffusionWeights weights, Engine engine) {
        this.weights = weights;
        network = new DiffusionNetwork(weights, engine);
        final int dims = weights.spec.dims();
        mean = new float[dims];
        sigma = new float[dims];
        logits = new float[dims * DiffusionSpec.LEVELS];
        buckets = GaussianBuckets.of(engine);
        buckets.set(mean, sigma, 0);
        samples = Categorical.of(DiffusionSpec.LEVELS, engine);
        samples.set(logits, 0);
        bucketCodec = new DistributionCodec(buckets, dims);
        sampleCodec = new SampleCodec(buckets, dims);
        levelCodec = new DistributionCodec(samples, dims);
        prior = new DistributionCodec(new Uniform(GaussianBuckets.BITS), dims);
    }

    @Override
    public int steps() {
        return weights.spec.steps();
    }

    @Override
    public int size(int t) {
        return mean.length;
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

    /** The codec of a record that does without states: independent samples of one distribution. */
    Codec plain() {
        setPlain();
        return levelCodec;
    }

    /** Gives {@link #samples}, or for t of 2 or more {@link #buckets}, the parameters of z_(t-1) given z_t. */
    void setForward(int t, int[] z) {
        for (int i = 0; i < mean.length; i++) {
            network.set(i, GaussianBuckets.centre(z[i]));
        }
        if (t == 1) {
            network.logits(logits);
        } else {
            network.kernel(t, mean, sigma);
        }
    }

    /** Gives {@link #buckets} the parameters of z_t given z_(t-1). */
    void setBackward(int t, int[] z) {
        final float fade = weights.fade(t);
        final float noise = weights.noise(t);
        for (int i = 0; i < mean.length; i++) {
            mean[i] = fade * (t == 1 ? weights.values[z[i]] : GaussianBuckets.centre(z[i]));
            sigma[i] = noise;
        }
    }

    /** Gives {@link #samples} the parameters of records without states. */
    void setPlain() {
        for (int i = 0; i < mean.length; i++) {
            System.arraycopy(weights.plain, 0, logits, i * DiffusionSpec.LEVELS, DiffusionSpec.LEVELS);
        }
    }
}
