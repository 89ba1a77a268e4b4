package org.bbans.model.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
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
import org.bbans.model.chain.GroupModel;
import org.bbans.model.file.ModelFile;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.SdeSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SdeTest {

    /** The same stack after coding the same records, whatever computes and however many records are in lockstep. */
    @ParameterizedTest
    @CsvSource({"3, 1, ELU", "16, 4, SQLU", "7, 33, SQLU", "1, 128, ELU"})
    void enginesGiveTheSameBits(int records, int steps, Activation activation) throws Exception {
        final SdeSpec spec = RandomSde.spec(List.of(3, 6), 5, List.of(7, 6), activation);
        final Sde model = new Sde(RandomSde.file(spec, 3));
        final int[] x = columns(RandomSde.records(spec, records, 4), records);
        final byte[][] stacks = new byte[2][];
        for (int e = 0; e < 2; e++) {
            final GroupModel group = model.groups(e == 0 ? Engine.SCALAR : Engines.preferred(), 16, false);
            group.group(records);
            group.steps(steps);
            final AnsStack stack = filled(new Random(1), 60_000);
            group.at(1).push(stack, x, 0);
            group.at(0).push(stack, x, 0);
            stacks[e] = stack.toBytes();
        }
        assertThat(stacks[0]).isEqualTo(stacks[1]);
    }

    /** A record's distributions do not depend on those that are computed with it. */
    @Test
    void lanesDoNotInfluenceEachOther() throws Exception {
        final SdeSpec spec = RandomSde.spec(List.of(3, 6), 5, List.of(7), Activation.SQLU);
        final Sde model = new Sde(RandomSde.file(spec, 3));
        final int records = 13;
        final int latents = model.layers()[0];
        final byte[] samples = RandomSde.records(spec, records, 4);
        final Random random = new Random(2);
        final int[] slot = new int[latents * records];
        Arrays.setAll(slot, i -> random.nextInt(1 << 24));
        final GroupModel together = model.groups(Engines.preferred(), records, false);
        final GroupModel alone = model.groups(Engines.preferred(), 1, false);
        together.steps(9);
        alone.steps(9);
        final GroupCost all = together.cost(columns(samples, records), slot, 0);
        for (int j = 0; j < records; j++) {
            final int record = j;
            final int[] own = new int[latents];
            Arrays.setAll(own, d -> slot[d * records + record]);
            final GroupCost one = alone.cost(columns(
                    Arrays.copyOfRange(samples, j * spec.dims(), (j + 1) * spec.dims()), 1), own, 0);
            assertThat(all.net()[1][j]).isEqualTo(one.net()[1][0]);
            assertThat(all.net()[0][j]).isEqualTo(one.net()[0][0]);
            assertThat(all.popped()[1][j]).isEqualTo(one.popped()[1][0]);
            assertThat(all.samples()[j]).isEqualTo(one.samples()[0]);
        }
    }

    @ParameterizedTest
    @CsvSource({"18, 5, 4, ELU, 90", "700, 20, 16, SQLU, 40", "64, 16, 128, SQLU, 1", "9, 3, 1, ELU, 7"})
    void blocksComeBackAndCostTheBound(int dims, int latents, int steps, Activation activation, int records)
            throws Exception {
        final SdeSpec spec = RandomSde.spec(List.of(dims), latents, List.of(8), activation);
        final Model model = Model.of(RandomSde.file(spec, 5));
        final byte[] samples = RandomSde.records(spec, records, 11);
        final byte[] payload = model.withSteps(steps).codec().encode(samples, records, done -> {});
        final byte[] decoded = new byte[samples.length];
        model.codec().decode(payload, decoded, records, done -> {});
        assertThat(decoded).isEqualTo(samples);
        assertThat(payload[2]).as("plain records").isEqualTo((byte) (records < 10 ? payload[2] : 1));
        final double bound = Elbo.of(model.withSteps(steps), samples, records, 1).totalBits() / 8;
        assertThat((double) payload.length).isLessThan(bound * 1.02 + 2.0 * dims + 200);
    }

    /** The log-likelihood ratio of the two processes is what the stack grows by. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 32})
    void theStackGrowsByTheRatioOfTheProcesses(int steps) throws Exception {
        final SdeSpec spec = RandomSde.spec(List.of(10, 12), 24, List.of(16), Activation.SQLU);
        final Sde model = new Sde(RandomSde.file(spec, 9));
        final int records = 16;
        final GroupModel group = model.groups(Engines.preferred(), records, false);
        group.steps(steps);
        final Random random = new Random(1);
        final int[] slot = new int[model.layers()[0] * records];
        final AnsStack stack = filled(random, 40_000);
        double bound = 0;
        final long before = stack.sizeInBytes();
        for (int round = 0; round < 20; round++) {
            final int[] x = columns(RandomSde.records(spec, records, round), records);
            Arrays.setAll(slot, i -> random.nextInt(1 << 24));
            final GroupCost cost = group.cost(x, slot, 1);
            final double net = Arrays.stream(cost.net()[1]).sum();
            assertThat(net).isCloseTo(Arrays.stream(cost.samples()).sum() + Arrays.stream(cost.latents()).sum(),
                    offset(1e-5));
            assertThat(cost.latents()).hasSize(steps + 1);
            // What is borrowed at once is less than two states' bits.
            assertThat(cost.popped()[1][0]).isLessThan(2 * 12 * 24);
            bound += net;
            group.at(1).push(stack, x, 0);
        }
        assertThat(8.0 * (stack.sizeInBytes() - before) / bound).isBetween(0.97, 1.03);
    }

    @Test
    void pushUndoesPop() throws Exception {
        final SdeSpec spec = RandomSde.spec(List.of(6, 4), 3, List.of(4), Activation.ELU);
        final SdePath path = new SdePath(new SdeWeights(RandomSde.file(spec, 2)), Engines.preferred(), 5);
        path.set(5, 6);
        final PathCodec codec = new PathCodec(path);
        final AnsStack stack = filled(new Random(5), 2000);
        final byte[] before = stack.toBytes();
        final int[] x = new int[5 * spec.dims()];
        codec.pop(stack, x, 0);
        codec.push(stack, x, 0);
        assertThat(stack.toBytes()).isEqualTo(before);
    }

    @Test
    void bitsAreThoseOfTheFormat() throws Exception {
        final SdeSpec spec = RandomSde.spec(List.of(6, 10), 6, List.of(8), Activation.ELU);
        final Model model = Model.of(RandomSde.file(spec, 3)).withSteps(5);
        final byte[] samples = RandomSde.records(spec, 60, 11);
        final byte[] payload = model.codec().encode(samples, 60, done -> {});
        assertThat(HexFormat.of().formatHex(Checksums.sha256(payload)).substring(0, 16)).isEqualTo("0fe4ef4d802976a5");
    }

    @Test
    void impossibleStepsAreRefused() throws Exception {
        final SdeSpec spec = RandomSde.spec(List.of(6, 4), 3, List.of(4), Activation.ELU);
        final Model model = Model.of(RandomSde.file(spec, 2));
        for (int steps : new int[] {0, 129}) {
            assertThatThrownBy(() -> model.withSteps(steps)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("steps must be 1 to 128");
        }
        final byte[] samples = RandomSde.records(spec, 4, 1);
        final byte[] payload = model.withSteps(3).codec().encode(samples, 4, done -> {});
        assertThat(payload[3]).isEqualTo((byte) 3);
        payload[3] = (byte) 129;
        assertThatThrownBy(() -> model.codec().decode(payload, samples, 4, done -> {}))
                .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("129 steps of time");
        payload[3] = 0;
        assertThatThrownBy(() -> model.codec().decode(payload, samples, 4, done -> {}))
                .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("no steps of time");
        final Model other = Model.of(RandomDiffusion.file(RandomDiffusion.spec(6, 4, 3, 4, Activation.ELU), 2));
        assertThatThrownBy(() -> other.withSteps(4)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void weightsThatCouldOverflowAreRefused() {
        final SdeSpec spec = RandomSde.spec(List.of(6, 4), 3, List.of(4), Activation.ELU);
        final ModelFile file = RandomSde.file(spec, 2);
        for (String tensor : new String[] {"encoder.0.weight", "forward.0.bias", "backward.out.weight",
            "decoder.out.bias", "table.weight"}) {
            final float before = file.weights(tensor)[0];
            file.weights(tensor)[0] = 1e38f;
            assertThatThrownBy(() -> Model.of(file)).as(tensor).isInstanceOf(CorruptArchiveException.class)
                    .hasMessageContaining("overflow");
            file.weights(tensor)[0] = before;
        }
    }

    /** Levels, sample-major. */
    private static int[] columns(byte[] samples, int records) {
        final int dims = samples.length / records;
        final int[] x = new int[samples.length];
        Arrays.setAll(x, i -> samples[i % records * dims + i / records] & 0xFF);
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
