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
import org.bbans.model.spec.FlowSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlowTest {

    @ParameterizedTest
    @CsvSource({"8, 12, 4, 2, ELU", "4, 4, 1, 0, SQLU", "28, 28, 19, 1, SQLU", "4, 40, 9, 3, ELU"})
    void enginesGiveTheSameBits(int height, int width, int channels, int blocks, Activation activation)
            throws Exception {
        final FlowSpec spec = RandomFlow.spec(height, width, channels, blocks, activation);
        final FlowWeights weights = new FlowWeights(RandomFlow.file(spec, 3));
        final byte[][] stacks = new byte[2][];
        final byte[] samples = RandomFlow.records(spec, 1, 4);
        for (int e = 0; e < 2; e++) {
            final Engine engine = e == 0 ? Engine.SCALAR : Engines.preferred();
            final AnsStack stack = filled(new Random(5), 4000);
            stack.setEngine(engine);
            new PathCodec(new FlowPath(weights, engine)).push(stack, levels(samples, 0, spec.dims()), 0);
            stacks[e] = stack.toBytes();
        }
        assertThat(stacks[0]).isEqualTo(stacks[1]);
    }

    @ParameterizedTest
    @CsvSource({"8, 12, 4, 2, ELU, 40", "28, 28, 8, 1, SQLU, 30", "8, 8, 5, 0, SQLU, 1", "4, 4, 3, 1, ELU, 7"})
    void blocksComeBackAndCostTheBound(int height, int width, int channels, int blocks, Activation activation,
            int records) throws Exception {
        final FlowSpec spec = RandomFlow.spec(height, width, channels, blocks, activation);
        final Model model = Model.of(RandomFlow.file(spec, 5));
        final byte[] samples = RandomFlow.records(spec, records, 11);
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
        final FlowSpec spec = RandomFlow.spec(12, 12, 6, 1, Activation.SQLU);
        final ModelFile file = RandomFlow.file(spec, 9);
        final Flow model = new Flow(file);
        final FlowGroup group = new FlowGroup(model, new FlowWeights(file), Engines.preferred());
        final int[] slot = new int[model.layers()[0]];
        double bound = 0;
        double grown = 0;
        final Random random = new Random(1);
        final AnsStack stack = filled(random, 40_000);
        final int records = 40;
        final byte[] samples = RandomFlow.records(spec, records, 4);
        for (int r = 0; r < records; r++) {
            final int[] x = levels(samples, r, spec.dims());
            Arrays.setAll(slot, i -> random.nextInt(1 << 24));
            final GroupCost cost = group.cost(x, slot, 1);
            bound += cost.net()[1][0];
            assertThat(cost.net()[1][0]).isCloseTo(Arrays.stream(cost.latents()).sum(), offset(1e-6));
            final long before = stack.sizeInBytes();
            group.at(1).push(stack, x, 0);
            grown += 8.0 * (stack.sizeInBytes() - before);
        }
        assertThat(grown / bound).isBetween(0.99, 1.01);
    }

    /** Values far out, which no training has seen, are coded too. */
    @Test
    void pushUndoesPop() throws Exception {
        final FlowSpec spec = RandomFlow.spec(8, 4, 4, 2, Activation.ELU);
        final FlowPath path = new FlowPath(new FlowWeights(RandomFlow.file(spec, 2)), Engines.preferred());
        final PathCodec codec = new PathCodec(path);
        final AnsStack stack = filled(new Random(5), 4000);
        final byte[] before = stack.toBytes();
        final byte[] samples = RandomFlow.records(spec, 20, 3);
        for (int r = 0; r < 20; r++) {
            codec.push(stack, levels(samples, r, spec.dims()), 0);
        }
        final int[] x = new int[spec.dims()];
        for (int r = 19; r >= 0; r--) {
            codec.pop(stack, x, 0);
            assertThat(x).isEqualTo(levels(samples, r, spec.dims()));
        }
        assertThat(stack.toBytes()).isEqualTo(before);
    }

    @Test
    void priorTakesAnyValue() {
        final FlowPrior prior = new FlowPrior(9);
        final int[] values = {0, -1, 32767, 32768, -32768, -32769, 1_000_000_000, -1_000_000_000, 77};
        final AnsStack stack = new AnsStack(4);
        prior.push(stack, values, 0);
        final int[] back = new int[values.length];
        prior.pop(stack, back, 0);
        assertThat(back).isEqualTo(values);
        assertThat(stack.isInitial()).isTrue();
    }

    @Test
    void bitsAreThoseOfTheFormat() throws Exception {
        final FlowSpec spec = RandomFlow.spec(8, 12, 4, 1, Activation.ELU);
        final Model model = Model.of(RandomFlow.file(spec, 3));
        final byte[] samples = RandomFlow.records(spec, 40, 11);
        final byte[] payload = model.codec().encode(samples, 40, done -> {});
        assertThat(HexFormat.of().formatHex(Checksums.sha256(payload)).substring(0, 16)).isEqualTo("18c7519f84136ed9");
    }

    @Test
    void weightsThatCouldOverflowAreRefused() {
        final FlowSpec spec = RandomFlow.spec(8, 4, 4, 2, Activation.ELU);
        final ModelFile file = RandomFlow.file(spec, 2);
        for (String tensor : new String[] {"coupling.1.block.0.0.weight", "noise.output.weight",
            "coupling.0.input.weight", "coupling.3.output.position"}) {
            final float before = file.weights(tensor)[0];
            file.weights(tensor)[0] = 1e38f;
            assertThatThrownBy(() -> Model.of(file)).as(tensor).isInstanceOf(CorruptArchiveException.class)
                    .hasMessageContaining("overflow");
            file.weights(tensor)[0] = before;
        }
        for (float edge : new float[] {40_000, 0.5f, file.weights("edges")[1]}) {
            final float before = file.weights("edges")[2];
            file.weights("edges")[2] = edge;
            assertThatThrownBy(() -> Model.of(file)).isInstanceOf(CorruptArchiveException.class)
                    .hasMessageContaining("edges");
            file.weights("edges")[2] = before;
        }
    }

    /** Whatever a payload says, it is an error of the format or a record. */
    @Test
    void damageIsFound() throws Exception {
        final FlowSpec spec = RandomFlow.spec(8, 8, 3, 1, Activation.ELU);
        final Model model = Model.of(RandomFlow.file(spec, 3));
        final int records = 60;
        final byte[] samples = RandomFlow.records(spec, records, 11);
        final byte[] payload = model.codec().encode(samples, records, done -> {});
        final Random random = new Random(8);
        for (int i = 0; i < 200; i++) {
            final byte[] damaged = payload.clone();
            damaged[4 + random.nextInt(damaged.length - 4)] ^= (byte) (1 << random.nextInt(8));
            final byte[] decoded = new byte[samples.length];
            try {
                model.codec().decode(damaged, decoded, records, done -> {});
                assertThat(decoded).isNotEqualTo(samples);
            } catch (CorruptArchiveException expected) {
                assertThat(expected).hasMessageContaining("model payload");
            }
        }
    }

    private static int[] levels(byte[] samples, int record, int dims) {
        final int[] x = new int[dims];
        Arrays.setAll(x, i -> samples[record * dims + i] & 0xFF);
        return x;
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
