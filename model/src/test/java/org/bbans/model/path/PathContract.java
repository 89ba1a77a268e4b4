package org.bbans.model.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.Elbo;
import org.bbans.model.Model;
import org.bbans.model.chain.GroupCost;
import org.bbans.model.chain.GroupModel;
import org.bbans.model.chain.RecordModel;
import org.bbans.model.file.ModelFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every family whose records are coded along a path. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PathContract {

    /** Slots of random bits that a stack begins with. */
    private static final int FILLED = 60_000;

    /**
     * A model with random weights, and records.
     *
     * @param steps of time; 0 for a model without
     */
    record Case(ModelFile file, byte[] samples, int records, int steps) {

        Model model() throws CorruptArchiveException {
            final Model model = Model.of(file);
            return steps == 0 ? model : model.withSteps(steps);
        }

        /** The levels of some records, sample-major. */
        int[] levels(int first, int count) {
            final int dims = samples.length / records;
            final int[] x = new int[count * dims];
            Arrays.setAll(x, i -> samples[(first + i % count) * dims + i / count] & 0xFF);
            return x;
        }
    }

    /** The model of a file, of this family. */
    abstract RecordModel open(ModelFile file) throws CorruptArchiveException;

    /** Models of several sizes. */
    abstract Stream<Case> cases();

    /** A case whose payload is known. */
    abstract Case known();

    /** The first digits of the SHA-256 of that payload. */
    abstract String knownHash();

    /** Tensors of {@link #known} that a weight of 1e38 makes impossible. */
    abstract String[] heavy();

    /** By what share the stack may grow otherwise than by the ratio of the processes. */
    double ratioTolerance() {
        return 0.03;
    }

    /** A coder of groups of as many records as the family codes at once, or as there are. */
    private GroupModel groups(Case c, Engine engine) throws CorruptArchiveException {
        final RecordModel model = open(c.file);
        final GroupModel groups = model.groups(engine, Math.min(c.records, model.bestLanes()), false);
        groups.steps(c.steps);
        return groups;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void enginesGiveTheSameBits(Case c) throws Exception {
        final byte[][] stacks = new byte[2][];
        for (int e = 0; e < 2; e++) {
            final GroupModel groups = groups(c, e == 0 ? Engine.SCALAR : Engines.preferred());
            final AnsStack stack = filled(new Random(1));
            stack.setEngine(groups.engine());
            for (int first = 0, n; first < c.records; first += n) {
                n = Math.min(groups.capacity(), c.records - first);
                groups.group(n);
                groups.at(1).push(stack, c.levels(first, n), 0);
                groups.at(0).push(stack, c.levels(first, n), 0);
            }
            stacks[e] = stack.toBytes();
        }
        assertThat(stacks[0]).isEqualTo(stacks[1]);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void blocksComeBackAndCostTheBound(Case c) throws Exception {
        final Model model = c.model();
        final byte[] payload = model.codec().encode(c.samples, c.records, done -> {});
        final byte[] decoded = new byte[c.samples.length];
        Model.of(c.file).codec().decode(payload, decoded, c.records, done -> {});
        assertThat(decoded).isEqualTo(c.samples);
        final double bound = Elbo.of(model, c.samples, c.records, 1).totalBits() / 8;
        // What is coded without latents may take several bytes a sample.
        assertThat((double) payload.length).isLessThan(bound * 1.1 + 8.0 * c.samples.length / c.records + 400);
    }

    /** The log-likelihood ratio of the two processes is what the stack grows by. */
    @ParameterizedTest
    @MethodSource("cases")
    void theStackGrowsByTheRatioOfTheProcesses(Case c) throws Exception {
        final GroupModel groups = groups(c, Engines.preferred());
        final Random random = new Random(1);
        final AnsStack stack = filled(random);
        final int latents = Arrays.stream(groups.model().layers()).sum();
        final long before = stack.sizeInBytes();
        double bound = 0;
        for (int round = 0; 8.0 * (stack.sizeInBytes() - before) < 80_000; round++) {
            final int n = Math.min(groups.capacity(), c.records);
            groups.group(n);
            final int[] x = c.levels(round * n % (c.records - n + 1), n);
            final int[] slot = new int[latents * n];
            Arrays.setAll(slot, i -> random.nextInt(1 << 24));
            final GroupCost cost = groups.cost(x, slot, 1);
            final double net = Arrays.stream(cost.net()[1]).sum();
            assertThat(net).isCloseTo(Arrays.stream(cost.samples()).sum() + Arrays.stream(cost.latents()).sum(),
                    offset(1e-6));
            bound += net;
            groups.at(1).push(stack, x, 0);
        }
        assertThat(8.0 * (stack.sizeInBytes() - before) / bound).isCloseTo(1, offset(ratioTolerance()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void popUndoesPush(Case c) throws Exception {
        final GroupModel groups = groups(c, Engines.preferred());
        final int n = Math.min(groups.capacity(), c.records);
        groups.group(n);
        final AnsStack stack = filled(new Random(5));
        final byte[] before = stack.toBytes();
        final int rounds = Math.min(20, c.records / n);
        for (int r = 0; r < rounds; r++) {
            groups.at(1).push(stack, c.levels(r * n, n), 0);
        }
        for (int r = rounds - 1; r >= 0; r--) {
            final int[] x = new int[c.samples.length / c.records * n];
            groups.at(1).pop(stack, x, 0);
            assertThat(x).isEqualTo(c.levels(r * n, n));
        }
        assertThat(stack.toBytes()).isEqualTo(before);
    }

    @Test
    void bitsAreThoseOfTheFormat() throws Exception {
        final Case c = known();
        final byte[] payload = c.model().codec().encode(c.samples, c.records, done -> {});
        assertThat(HexFormat.of().formatHex(Checksums.sha256(payload))).startsWith(knownHash());
    }

    @Test
    void weightsThatCouldOverflowAreRefused() {
        final ModelFile file = known().file;
        for (String tensor : heavy()) {
            final float before = file.weights(tensor)[0];
            file.weights(tensor)[0] = 1e38f;
            assertThatThrownBy(() -> Model.of(file)).as(tensor).isInstanceOf(CorruptArchiveException.class)
                    .hasMessageContaining("overflow");
            file.weights(tensor)[0] = before;
        }
    }

    /** Whatever a payload says, it is an error of the format or a record. */
    @Test
    void damageIsFound() throws Exception {
        final Case c = known();
        final byte[] payload = c.model().codec().encode(c.samples, c.records, done -> {});
        final Random random = new Random(8);
        for (int i = 0; i < 200; i++) {
            final byte[] damaged = payload.clone();
            damaged[4 + random.nextInt(damaged.length - 4)] ^= (byte) (1 << random.nextInt(8));
            final byte[] decoded = new byte[c.samples.length];
            try {
                Model.of(c.file).codec().decode(damaged, decoded, c.records, done -> {});
                assertThat(decoded).isNotEqualTo(c.samples);
            } catch (CorruptArchiveException expected) {
                assertThat(expected).hasMessageContaining("model payload");
            }
        }
    }

    /** A stack with random bits. */
    private static AnsStack filled(Random random) {
        final AnsStack stack = new AnsStack(4);
        final int[] start = new int[FILLED];
        final int[] freq = new int[FILLED];
        Arrays.fill(freq, 1);
        Arrays.setAll(start, i -> random.nextInt(1 << 24));
        stack.push(start, freq, 0, FILLED, 24);
        return stack;
    }
}
