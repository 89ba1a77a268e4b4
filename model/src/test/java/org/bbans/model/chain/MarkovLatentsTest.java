package org.bbans.model.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.bbans.model.chain.RandomModels.bernoulli;
import static org.bbans.model.chain.RandomModels.chain;
import static org.bbans.model.chain.RandomModels.spec;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.bbans.codec.distribution.GaussianBuckets;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.Elbo;
import org.bbans.model.file.ModelFile;
import org.bbans.model.latent.LatentModel;
import org.bbans.model.latent.MarkovLatents;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.Network;
import org.bbans.model.spec.ModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MarkovLatentsTest {

    private static final int RECORDS = 100;
    private static final String DESCRIPTION = """
        {"version":1,"name":"deep","shape":[30],"levels":2,"latents":[8,4,2],"encoder":{"hidden":[16]},
        "transitions":[{"prior":[5],"posterior":[]},{"prior":[],"posterior":[9]}],
        "decoder":{"hidden":[],"features":1},"likelihood":{"kind":"bernoulli","hidden":[]}}""";

    @Test
    void bucketsBelowTheTopAreThoseOfTheConditionalPrior() throws Exception {
        final ModelSpec spec = chain(List.of(5, 4), List.of(3, 2), 2, bernoulli(null, 7));
        final ModelFile file = RandomModels.file(spec, 11);
        final MarkovLatents chain = new MarkovLatents(new Network(file), Engine.SCALAR, Kernels.lanesFor(1));
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

    /**
     * A chain of equal layers begins like one layer alone, though one record is far from holding the bits for all.
     * What the beginning costs is what a file takes beyond the ELBO, which is averaged over choices of the latents.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void initialBitsDoNotGrowWithTheLayers(int layers) throws Exception {
        final ModelSpec spec = chain(List.of(12, 11), Collections.nCopies(layers, 16), 1, bernoulli(null));
        final ModelFile file = RandomModels.file(spec, 12);
        final byte[] samples = RandomModels.sampled(file, RECORDS, 12);
        final LatentRecordCodec codec = new LatentRecordCodec(file);
        final LatentModel model = new LatentModel(new Network(file), Engine.SCALAR, 64, false);
        // Not the encoder's own plan: latents with random weights do not pay, and it would do without.
        final ChainHeader plan = new ChainHeader(1, 64, 16, 2, layers > 1);
        final byte[] payload = codec.encode(model, plan, samples, RECORDS, n -> { });
        final ChainHeader header = ChainHeader.read(payload);
        final double elbo = IntStream.range(0, 10).mapToDouble(seed -> totalBits(file, samples, seed)).average()
            .orElseThrow();
        assertThat(header.plain()).isLessThanOrEqualTo(4);
        assertThat(8.0 * payload.length - header.headBits(payload) - elbo).as("initial bits")
            .isLessThan(elbo / RECORDS);
        if (layers > 2) {
            final ChainHeader atOnce = new ChainHeader(header.heads(), header.lanes(), 1, header.plain(), false);
            final byte[] other = codec.encode(model, atOnce, samples, RECORDS, n -> { });
            assertThat(ChainHeader.read(other).plain()).isGreaterThan(header.plain() + layers / 2);
        }
    }

    private static double totalBits(ModelFile file, byte[] samples, long seed) {
        try {
            return Elbo.of(file, samples, RECORDS, seed).totalBits();
        } catch (CorruptArchiveException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void flatModelsHaveNoLayersToBeginWithOneOf() throws Exception {
        final LatentRecordCodec codec = new LatentRecordCodec(RandomModels.file(
            spec(List.of(30), 3, 1, bernoulli(null)), 13));
        final byte[] payload = codec.encode(new byte[30 * 20], 20);
        payload[1] |= 0x10;
        assertThatThrownBy(() -> codec.decode(payload, new byte[30 * 20], 20))
            .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("layers");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "[8,4,2]|[8,4]",
        "[8,4,2]|[8]",
        "[8,4,2]|[]",
        "[8,4,2]|14",
        "[8,4,2]|[8,4,0]",
        "[8,4,2]|[8,4,-2]",
        "[8,4,2]|[8,4,2000000000000]",
        "[8,4,2]|[1024,1024,1024]",
        "[8,4,2]|[8,4,1013]",
        "[8,4,2]|[1,1,1,1,1,1,1,1,1]",
        "[16]}|[]}",
        "{\"prior\":[],\"posterior\":[9]}|7",
        ",{\"prior\":[],\"posterior\":[9]}|''",
        "\"prior\":[]|\"prior\":[0]",
        "\"prior\":[]|\"prior\":[4097]",
        "\"posterior\":[9]|\"posterior\":9",
        "[{\"prior\":[5],\"posterior\":[]},{\"prior\":[],\"posterior\":[9]}]|[]",
        "[{\"prior\":[5],\"posterior\":[]},{\"prior\":[],\"posterior\":[9]}]|{}",
    })
    void refusesInconsistentDescriptions(String from, String to) throws Exception {
        final ModelSpec spec = ModelSpec.parse(DESCRIPTION);
        assertThat(spec.tensors()).containsEntry("encoder.out.weight", List.of(16, 4))
            .containsEntry("posterior.2.0.weight", List.of(18, 9)).containsEntry("prior.2.out.weight", List.of(2, 8))
            .containsEntry("posterior.1.out.weight", List.of(20, 16)).containsEntry("prior.1.0.weight", List.of(4, 5))
            .containsEntry("decoder.out.weight", List.of(8, 30));
        assertThat(DESCRIPTION).contains(from);
        assertThatThrownBy(() -> ModelSpec.parse(DESCRIPTION.replace(from, to)))
            .isInstanceOf(CorruptArchiveException.class).hasMessageStartingWith("model description: ");
    }
}
