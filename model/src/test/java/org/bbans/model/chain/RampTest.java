package org.bbans.model.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bbans.model.chain.RandomModels.bernoulli;
import static org.bbans.model.chain.RandomModels.chain;
import static org.bbans.model.chain.RandomModels.spec;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.Elbo;
import org.bbans.model.Model;
import org.bbans.model.file.ModelFile;
import org.bbans.model.spec.ModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chains of models with several layers of latents. */
class RampTest {

    private static final int RECORDS = 100;

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
        final RecordChain codec = RandomModels.codec(file);
        final GroupModel model = RandomModels.groups(file, Engine.SCALAR, 64, false);
        // Not the encoder's own plan: latents with random weights do not pay, and it would do without.
        final ChainHeader plan = new ChainHeader(1, 64, 16, 2, layers > 1);
        final byte[] payload = codec.encode(model, plan, samples, RECORDS, n -> {});
        final ChainHeader header = ChainHeader.read(payload, false);
        final double elbo = IntStream.range(0, 10).mapToDouble(seed -> totalBits(file, samples, seed)).average()
                .orElseThrow();
        assertThat(header.plain()).isLessThanOrEqualTo(4);
        assertThat(8.0 * payload.length - header.headBits(payload) - elbo).as("initial bits")
                .isLessThan(elbo / RECORDS);
        if (layers > 2) {
            final ChainHeader atOnce = new ChainHeader(header.heads(), header.lanes(), 1, header.plain(), false);
            final byte[] other = codec.encode(model, atOnce, samples, RECORDS, n -> {});
            assertThat(ChainHeader.read(other, false).plain()).isGreaterThan(header.plain() + layers / 2);
        }
    }

    private static double totalBits(ModelFile file, byte[] samples, long seed) {
        try {
            return Elbo.of(Model.of(file), samples, RECORDS, seed).totalBits();
        } catch (CorruptArchiveException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void rampIsRefusedForOneLayer() throws Exception {
        final RecordChain codec = RandomModels.codec(RandomModels.file(
                spec(List.of(30), 3, 1, bernoulli(null)), 13));
        final byte[] payload = codec.encode(new byte[30 * 20], 20);
        payload[1] |= 0x10;
        assertThatThrownBy(() -> codec.decode(payload, new byte[30 * 20], 20))
                .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("layers");
    }
}
