package org.bbans.model.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bbans.model.chain.RandomModels.bernoulli;
import static org.bbans.model.chain.RandomModels.chain;

import java.util.List;
import org.bbans.codec.distribution.GaussianBuckets;
import org.bbans.codec.engine.Engine;
import org.bbans.model.causal.Workspace;
import org.bbans.model.chain.RandomModels;
import org.bbans.model.file.ModelFile;
import org.bbans.model.net.Network;
import org.bbans.model.spec.ModelSpec;
import org.junit.jupiter.api.Test;

class MarkovLatentsTest {

    @Test
    void bucketsBelowTheTopAreThoseOfTheConditionalPrior() throws Exception {
        final ModelSpec spec = chain(List.of(5, 4), List.of(3, 2), 2, bernoulli(null, 7));
        final ModelFile file = RandomModels.file(spec, 11);
        final MarkovLatents chain = new MarkovLatents(Workspace.of(new Network(file), Engine.SCALAR, 1, false));
        chain.group(1);
        final int[] z = {700, 3900, 5, 2048, 4000};
        final float[] top = {GaussianBuckets.centre(700), GaussianBuckets.centre(3900)};
        final float[] hidden = dense(file, "prior.1.0", top);
        for (int i = 0; i < hidden.length; i++) {
            hidden[i] = hidden[i] > 0 ? hidden[i] : (float) Math.expm1(hidden[i]);
        }
        final float[] prior = dense(file, "prior.1.out", hidden);
        final float[][] bottom = chain.values(z, 0, 2);
        for (int d = 0; d < 3; d++) {
            final double sigma = Math.exp(Math.max(-6, Math.min(1, prior[3 + d])));
            assertThat((double) bottom[d][0]).as("latent %d", d).isCloseTo(
                    prior[d] + sigma * GaussianBuckets.centre(z[2 + d]), within(1e-5));
        }
        assertThat(chain.values(z, 0, 1)[1][0]).as("the prior's median").isCloseTo(prior[1], within(1e-5f));
    }

    private static float[] dense(ModelFile file, String layer, float[] input) {
        final float[] out = file.weights(layer + ".bias").clone();
        final float[] weight = file.weights(layer + ".weight");
        for (int i = 0; i < weight.length; i++) {
            out[i % out.length] += weight[i] * input[i / out.length];
        }
        return out;
    }
}
