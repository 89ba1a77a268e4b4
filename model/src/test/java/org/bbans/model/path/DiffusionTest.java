package org.bbans.model.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.bbans.codec.PathCodec;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.Elbo;
import org.bbans.model.Model;
import org.bbans.model.chain.GroupCost;
import org.bbans.model.file.ModelFile;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.DiffusionSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiffusionTest {

    @ParameterizedTest
    @CsvSource({"6, 10, 3, 4, ELU", "4, 4, 2, 1, SQLU", "28, 28, 5, 19, SQLU", "2, 38, 64, 9, ELU"})
    void enginesGiveTheSameBits(int height, int width, int steps, int channels, Activation activation)
            throws Exception {
        final DiffusionSpec spec = RandomDiffusion.spec(height, width, steps, channels, activation);
        final ModelFile file = RandomDiffusion.file(spec, 3);
        final DiffusionWeights weights = new DiffusionWeights(file);
        final Random random = new Random(7);
        final DiffusionNetwork[] networks = {new DiffusionNetwork(weights, Engine.SCALAR),
            new DiffusionNetwork(weights, Engines.preferred())};
        final float[][] mean = new float[2][spec.dims()];
        final float[][] sigma = new float[2][spec.dims()];
        final float[][] logits = new float[2][spec.dims() * 256];
        for (int t = 1; t <= steps; t++) {
            for (int i = 0; i < spec.dims(); i++) {
                final float value = (float) random.nextGaussian();
                networks[0].set(i, value);
                networks[1].set(i, value);
            }
            for (int n = 0; n < 2; n++) {
                networks[n].logits(logits[n]);
                if (t > 1) {
                    networks[n].kernel(t, mean[n], sigma[n]);
                }
            }
            assertThat(logits[0]).isEqualTo(logits[1]);
            assertThat(mean[0]).isEqualTo(mean[1]);
            assertThat(sigma[0]).isEqualTo(sigma[1]);
        }
    }

    @ParameterizedTest
    @CsvSource({"6, 10, 3, 4, ELU, 40", "28, 28, 4, 8, SQLU, 30", "8, 8, 6, 5, SQLU, 1", "4, 4, 2, 3, ELU, 7"})
    void blocksComeBackAndCostTheBound(int height, int width, int steps, int channels, Activation activation,
            int records) throws Exception {
        final DiffusionSpec spec = RandomDiffusion.spec(height, width, steps, channels, activation);
        final Model model = Model.of(RandomDiffusion.file(spec, 5));
        final byte[] samples = RandomDiffusion.records(spec, records, 11);
        final byte[] payload = model.codec().encode(samples, records, done -> {});
        final byte[] decoded = new byte[samples.length];
        model.codec().decode(payload, decoded, records, done -> {});
        assertThat(decoded).isEqualTo(samples);
        final double bound = Elbo.of(model, samples, records, 1).totalBits() / 8;
        assertThat((double) payload.length).isLessThan(Math.max(8.0 * samples.length, bound) * 1.1 + 400);
    }

    /** The log-likelihood ratio of the two processes is what the stack grows by. */
    @Test
    void theStackGrowsByTheRatioOfTheProcesses() throws Exception {
        final DiffusionSpec spec = RandomDiffusion.spec(12, 12, 8, 6, Activation.SQLU);
        final ModelFile file = RandomDiffusion.file(spec, 9);
        final Diffusion model = new Diffusion(file);
        final DiffusionGroup group = new DiffusionGroup(model, new DiffusionWeights(file), Engines.preferred());
        final int[] slot = new int[model.layers()[0]];
        double bound = 0;
        double grown = 0;
        final Random random = new Random(1);
        final AnsStack stack = filled(random, 40_000);
        final int records = 40;
        final byte[] samples = RandomDiffusion.records(spec, records, 4);
        for (int r = 0; r < records; r++) {
            final int[] x = new int[spec.dims()];
            for (int i = 0; i < x.length; i++) {
                x[i] = samples[r * x.length + i] & 0xFF;
            }
            Arrays.setAll(slot, i -> random.nextInt(1 << 24));
            final GroupCost cost = group.cost(x, slot, 1);
            bound += cost.net()[1][0];
            assertThat(cost.net()[1][0]).isCloseTo(cost.samples()[0] + Arrays.stream(cost.latents()).sum(),
                    offset(1e-6));
            final long before = stack.sizeInBytes();
            group.at(1).push(stack, x, 0);
            grown += 8.0 * (stack.sizeInBytes() - before);
        }
        assertThat(grown / bound).isBetween(0.97, 1.03);
    }

    @Test
    void pushUndoesPop() throws Exception {
        final DiffusionSpec spec = RandomDiffusion.spec(6, 4, 3, 4, Activation.ELU);
        final DiffusionPath path = new DiffusionPath(new DiffusionWeights(RandomDiffusion.file(spec, 2)),
                Engines.preferred());
        final PathCodec codec = new PathCodec(path);
        final AnsStack stack = filled(new Random(5), 2000);
        final byte[] before = stack.toBytes();
        final int[] x = new int[spec.dims()];
        codec.pop(stack, x, 0);
        codec.push(stack, x, 0);
        assertThat(stack.toBytes()).isEqualTo(before);
    }

    @Test
    void bitsAreThoseOfTheFormat() throws Exception {
        final DiffusionSpec spec = RandomDiffusion.spec(6, 10, 3, 4, Activation.ELU);
        final Model model = Model.of(RandomDiffusion.file(spec, 3));
        final byte[] samples = RandomDiffusion.records(spec, 40, 11);
        final byte[] payload = model.codec().encode(samples, 40, done -> {});
        assertThat(HexFormat.of().formatHex(Checksums.sha256(payload)).substring(0, 16)).isEqualTo("f4197a88ebc13685");
    }

    @Test
    void weightsThatCouldOverflowAreRefused() {
        final DiffusionSpec spec = RandomDiffusion.spec(6, 4, 3, 4, Activation.ELU);
        final ModelFile file = RandomDiffusion.file(spec, 2);
        for (String tensor : new String[] {"block.0.0.weight", "last.weight", "schedule", "values", "table.bias"}) {
            final float before = file.weights(tensor)[0];
            file.weights(tensor)[0] = 1e38f;
            assertThatThrownBy(() -> Model.of(file)).as(tensor).isInstanceOf(CorruptArchiveException.class)
                    .hasMessageContaining("overflow");
            file.weights(tensor)[0] = before;
        }
    }

    /** A stack with random bits. */
    private static AnsStack filled(Random random, int symbols) {
        final AnsStack stack = new AnsStack(4);
        final int[] start = new int[symbols];
        final int[] freq = new int[symbols];
        Arrays.fill(freq, 1);
        Arrays.setAll(start, i -> random.nextInt(1 << 24));
        stack.push(start, freq, 0, symbols, 24);
        return stack;
    }
}
