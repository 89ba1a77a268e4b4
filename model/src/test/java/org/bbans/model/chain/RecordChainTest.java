package org.bbans.model.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;
import static org.bbans.model.chain.RandomModels.bernoulli;
import static org.bbans.model.chain.RandomModels.categorical;
import static org.bbans.model.chain.RandomModels.chain;
import static org.bbans.model.chain.RandomModels.head;
import static org.bbans.model.chain.RandomModels.hurdle;
import static org.bbans.model.chain.RandomModels.marked;
import static org.bbans.model.chain.RandomModels.mixture;
import static org.bbans.model.chain.RandomModels.plain;
import static org.bbans.model.chain.RandomModels.relative;
import static org.bbans.model.chain.RandomModels.spec;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bbans.codec.Tape;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.set.RecordOrder;
import org.bbans.model.BuiltInModels;
import org.bbans.model.Elbo;
import org.bbans.model.Model;
import org.bbans.model.causal.Lanes;
import org.bbans.model.file.ModelFile;
import org.bbans.model.latent.Vae;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.BernoulliLikelihood;
import org.bbans.model.spec.Blocks;
import org.bbans.model.spec.CategoricalLikelihood;
import org.bbans.model.spec.HurdleLikelihood;
import org.bbans.model.spec.MixtureLikelihood;
import org.bbans.model.spec.ModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Blocks of records through the chain, for every kind of model, engine and plan. */
public class RecordChainTest {

    private static final Path TESTDATA = Path.of(System.getProperty("bbans.testdata"));
    /** A plan with latents, more cautious than the encoder's own. */
    private static final ChainHeader BITS_BACK = new ChainHeader(1, 64, 4, 8, false);

    public static Stream<ModelSpec> specs() {
        return Stream.of(
                spec(List.of(7, 9), 5, 3, categorical(plain(2, 2), 4, 18, 13)),
                spec(List.of(7, 9), 5, 4, categorical(null, 4)),
                spec(List.of(3, 5, 4), 6, 5, categorical(null, 3, 16)),
                spec(List.of(9, 8), 0, 0, categorical(marked(3, 1), 7, 10)),
                spec(List.of(7, 9), 5, 3, hurdle(marked(2, 2), 4, List.of(6), 18, 13)),
                spec(List.of(9, 5), 0, 0, hurdle(plain(2, 1), 3, List.of(5, 4), 9)),
                spec(List.of(5, 2, 4), 3, 2, hurdle(null, 2, List.of(5), 9)),
                spec(List.of(7, 8), 4, 2, mixture(marked(2, 1), 3, 12, 9)),
                spec(List.of(40), 3, 6, mixture(null, 2)),
                spec(List.of(50), 0, 0, categorical(null, 5, 6)),
                spec(List.of(12, 11), 6, 3, bernoulli(plain(4, 3), 17)),
                spec(List.of(131), 7, 1, bernoulli(null)),
                spec(List.of(6, 6), 0, 0, bernoulli(plain(0, 2), 5, 4, 3)),
                spec(List.of(7, 9), 4, 2,
                        new CategoricalLikelihood(head(marked(2, 2), new Blocks(2, 2, 2), 12, 10), 4)),
                spec(List.of(9, 5), 0, 0, new MixtureLikelihood(head(relative(1, 1), new Blocks(1, 0, 1), 11), 3)),
                spec(List.of(8, 9), 3, 2, new BernoulliLikelihood(head(plain(2, 1), new Blocks(3, 1, 0), 9, 6))),
                spec(List.of(5, 6, 3), 0, 0,
                        new MixtureLikelihood(head(relative(2, 2), new Blocks(3, 1, 1), 16, 13), 4)),
                spec(List.of(5, 6, 3), 4, 3, new MixtureLikelihood(head(relative(3, 0), null, 10), 2)),
                spec(List.of(6, 4, 2), 5, 2, new CategoricalLikelihood(head(marked(2, 1), null, 12, 10, 9), 5)),
                spec(List.of(9, 8), 4, 3, new CategoricalLikelihood(head(marked(2, 1), new Blocks(1, 1, 1), 12), 4, 6)),
                spec(List.of(5, 6, 3), 0, 0, new CategoricalLikelihood(head(plain(2, 1), null, 10), 3, 2)),
                spec(List.of(40), 3, 6, new CategoricalLikelihood(head(null, null), 5, 1)),
                spec(List.of(9, 8), 0, 0, new HurdleLikelihood(head(marked(2, 1), null, 12), List.of(5), 4, 3)),
                spec(List.of(9, 8), 4, 3,
                        new HurdleLikelihood(head(marked(2, 1), new Blocks(2, 1, 1), 12, 9), List.of(), 4, 3))
                        .withActivation(Activation.SQLU),
                spec(List.of(40), 0, 0, hurdle(null, 5, List.of(), 14)),
                chain(List.of(9, 7), List.of(4, 3), 2, bernoulli(plain(2, 2), 15)).withActivation(Activation.SQLU),
                spec(List.of(4, 5, 4), 0, 0, new BernoulliLikelihood(head(plain(8, 8), new Blocks(16, 8, 8), 6))),
                chain(List.of(7, 9), List.of(5, 3), 3, categorical(plain(2, 2), 4, 18)),
                chain(List.of(131), List.of(6, 4, 5), 1, bernoulli(null)));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void everyBlockComesBack(ModelSpec spec) throws Exception {
        final RecordChain codec = RandomModels.codec(RandomModels.file(spec, 1));
        for (int records : new int[] {1, 2, 3, 15, 16, 17, 63, 64, 65, 130, 200}) {
            final byte[] samples = RandomModels.records(spec, records, records);
            final byte[] payload = codec.encode(samples, records);
            final byte[] back = new byte[samples.length];
            codec.decode(payload, back, records);
            assertThat(back).as("%d records of %s", records, spec).isEqualTo(samples);
        }
    }

    /** As sets, with some records more than once; the payload is the same for every order and engine. */
    @ParameterizedTest
    @MethodSource("specs")
    void everySetComesBack(ModelSpec spec) throws Exception {
        final RecordChain codec = RandomModels.codec(RandomModels.file(spec, 1));
        for (int records : new int[] {1, 2, 3, 17, 64, 65, 200}) {
            final byte[] samples = RandomModels.records(spec, records, records);
            final int dims = codec.dims();
            System.arraycopy(samples, 0, samples, (records - 1) * dims, dims);
            final byte[] payload = codec.encode(samples, records, true, Engine.SCALAR, n -> {});
            final byte[] back = new byte[samples.length];
            codec.decodeSet(payload, back, records, n -> {});
            RecordOrder.sort(samples, 0, records, dims, 0);
            RecordOrder.sort(back, 0, records, dims, 0);
            assertThat(back).as("%d records of %s", records, spec).isEqualTo(samples);
            if (Engines.vectorAvailable()) {
                assertThat(codec.encode(samples, records, true, Engine.VECTOR, n -> {})).isEqualTo(codec.encode(samples,
                        records, true, Engine.SCALAR, n -> {}));
                codec.decode(payload, back, records, records, true, Engine.VECTOR, n -> {});
                RecordOrder.sort(back, 0, records, dims, 0);
                assertThat(back).isEqualTo(samples);
            }
            assertThat(ChainHeader.read(payload, true).undrawn()).isPositive();
            assertThatThrownBy(() -> codec.decodeSet(Arrays.copyOf(payload, payload.length / 2), back, records,
                    n -> {})).isInstanceOf(CorruptArchiveException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void enginesGiveTheSamePayload(ModelSpec spec) throws Exception {
        assumeTrue(Engines.vectorAvailable());
        final RecordChain codec = RandomModels.codec(RandomModels.file(spec, 2));
        for (int records : new int[] {1, 37, 150}) {
            final byte[] samples = RandomModels.records(spec, records, records);
            final byte[] payload = codec.encode(samples, records, Engine.SCALAR, n -> {});
            assertThat(codec.encode(samples, records, Engine.VECTOR, n -> {})).as("%d records", records)
                    .isEqualTo(payload);
            final byte[] back = new byte[samples.length];
            codec.decode(payload, back, records, Engine.VECTOR, n -> {});
            assertThat(back).isEqualTo(samples);
        }
    }

    /** The batch is no part of the format: intervals of a group are those of its records alone. */
    @ParameterizedTest
    @MethodSource("specs")
    void resultsDoNotDependOnTheGroup(ModelSpec spec) throws Exception {
        final LatentGroup model = RandomModels.groups(RandomModels.file(spec, 3), Engines.preferred(), 64, false);
        final int dims = spec.dims();
        final int latents = spec.latents();
        final int records = 41;
        final int[] x = new int[dims * records];
        final byte[] samples = RandomModels.records(spec, records, 3);
        final int[] slot = new Random(3).ints((long) latents * records, 0, 1 << 24).toArray();
        IntStream.range(0, x.length).forEach(i -> x[i] = samples[i % records * dims + i / records] & 0xFF);
        final List<List<Integer>> together = intervals(model, x, slot, records);
        for (int j = 0; j < records; j++) {
            final int lane = j;
            final int[] xj = IntStream.range(0, dims).map(i -> x[i * records + lane]).toArray();
            final int[] slotJ = IntStream.range(0, latents).map(d -> slot[d * records + lane]).toArray();
            assertThat(together.get(j)).as("record %d", j).hasSizeGreaterThanOrEqualTo(2 * (latents + dims))
                    .isEqualTo(intervals(model, xj, slotJ, 1).get(0));
        }
    }

    /** For every record its latents with the sizes of their intervals, then its samples' intervals. */
    private static List<List<Integer>> intervals(LatentGroup model, int[] x, int[] slot, int records) {
        final int[] z = new int[slot.length];
        final int[] freq = new int[slot.length];
        final Tape tape = Tape.withOwners();
        model.group(records);
        model.sample(x, slot, z, freq);
        model.trace(x, z, model.model().layers().length, tape);
        final List<List<Integer>> intervals = new ArrayList<>();
        for (int j = 0; j < records; j++) {
            intervals.add(new ArrayList<>());
        }
        for (int i = 0; i < z.length; i++) {
            intervals.get(i % records).addAll(List.of(z[i], freq[i]));
        }
        for (int i = 0; i < tape.size(); i++) {
            intervals.get(tape.owner(i)).addAll(List.of(tape.start(i), tape.freq(i)));
        }
        return intervals;
    }

    @ParameterizedTest
    @MethodSource("specs")
    void costIsTheElbo(ModelSpec spec) throws Exception {
        final ModelFile file = RandomModels.file(spec, 4);
        final RecordChain codec = RandomModels.codec(file);
        final int records = 60_000 / spec.dims();
        final byte[] samples = RandomModels.sampled(file, records, 4);
        final LatentGroup model = RandomModels.groups(file, Engines.preferred(), 64, false);
        final ChainHeader plan = spec.latents() > 0 ? BITS_BACK : new ChainHeader(1, 64, 16, records, false);
        final byte[] payload = codec.encode(model, plan, samples, records, n -> {});
        final Elbo elbo = Elbo.of(Model.of(file), samples, records, 5);
        assertThat(8.0 * payload.length / (records * spec.dims())).isCloseTo(elbo.bitsPerDim(),
                within(0.005 * elbo.bitsPerDim()));
        assertThat(codec.encode(samples, records).length).as("by its own plan")
                .isLessThan(payload.length + payload.length / 300);
        assertThat(elbo.bitsPerDim()).isCloseTo(elbo.reconstructionPerDim() + elbo.klPerDim(), within(1e-9));
    }

    static Stream<ModelSpec> hurdles() {
        return specs().filter(spec -> spec.likelihood() instanceof HurdleLikelihood);
    }

    /** Both engines write the same and read it, whatever the plan. */
    @ParameterizedTest
    @MethodSource("hurdles")
    void blocksThatAreLearntComeBack(ModelSpec spec) throws Exception {
        final ModelFile file = RandomModels.file(spec, 6);
        final RecordChain codec = RandomModels.codec(file);
        for (int records : new int[] {1, 5, 70, 200}) {
            final byte[] samples = RandomModels.records(spec, records, records);
            for (int lanes : new int[] {1, 16, 64}) {
                final int plain = spec.latents() > 0 ? Math.min(records, 9) : records;
                final ChainHeader plan = new ChainHeader(2, lanes, 7, plain, false).withLearning(true);
                byte[] scalar = null;
                for (Engine engine : Engine.values()) {
                    if (engine == Engine.VECTOR && !Engines.vectorAvailable()) {
                        continue;
                    }
                    final byte[] payload = codec.encode(RandomModels.groups(file, engine, lanes, false), plan, samples,
                            records, n -> {});
                    scalar = scalar == null ? payload : scalar;
                    assertThat(payload).isEqualTo(scalar);
                    final byte[] back = new byte[samples.length];
                    codec.decode(payload, back, records, engine, n -> {});
                    assertThat(back).as("%d records by %s", records, plan).isEqualTo(samples);
                }
            }
        }
    }

    /** Records that repeat each other are learnt; of those that the model itself drew no block becomes larger. */
    @ParameterizedTest
    @MethodSource("hurdles")
    void aModelLearnsWhereThatPays(ModelSpec spec) throws Exception {
        final ModelFile file = RandomModels.file(spec, 7);
        final RecordChain codec = RandomModels.codec(file);
        final RecordChain learning = new RecordChain(new Vae(file), spec.name(), file.sha256(), true);
        final int records = 300;
        final byte[] drawn = RandomModels.sampled(file, records, 8);
        assertThat(learning.encode(drawn, records).length).isLessThanOrEqualTo(codec.encode(drawn, records).length);
        for (int from = 10 * spec.dims(); from < drawn.length; from += spec.dims()) {
            System.arraycopy(drawn, from / spec.dims() % 10 * spec.dims(), drawn, from, spec.dims());
        }
        final byte[] payload = learning.encode(drawn, records);
        assertThat(payload.length).isLessThan(codec.encode(drawn, records).length);
        assertThat(ChainHeader.read(payload, false).learning()).isTrue();
    }

    static Stream<ModelSpec> flatAndDeep() {
        return Stream.of(spec(List.of(12, 11), 6, 3, bernoulli(plain(2, 1), 9)),
                chain(List.of(12, 11), List.of(3, 2, 4), 3, bernoulli(plain(2, 1), 9)));
    }

    @ParameterizedTest
    @MethodSource("flatAndDeep")
    void plansOtherThanTheEncodersOwnDecode(ModelSpec spec) throws Exception {
        final RecordChain codec = RandomModels.codec(RandomModels.file(spec, 5));
        final LatentGroup model = RandomModels.groups(RandomModels.file(spec, 5), Engine.SCALAR, 64, false);
        final int records = 90;
        final byte[] samples = RandomModels.records(spec, records, 5);
        for (int heads : new int[] {1, 2, 8, 32}) {
            for (int lanes : new int[] {1, 16, 64}) {
                for (int growth : new int[] {1, 16}) {
                    for (int plain : new int[] {1, 30, 90}) {
                        final boolean ramp = spec.latentLayers().size() > 1 && heads % 8 == 0;
                        final ChainHeader plan = new ChainHeader(heads, lanes, growth, plain, ramp);
                        final byte[] back = new byte[samples.length];
                        codec.decode(codec.encode(model, plan, samples, records, n -> {}), back, records);
                        assertThat(back).as("%s", plan).isEqualTo(samples);
                    }
                }
            }
        }
    }

    /** Heads without bits of their own would give the first latents from the far end of their distributions. */
    @ParameterizedTest
    @CsvSource({"fashion, fashion-mnist/t10k-first-1000-images-idx3-ubyte", "mnist, mnist/t10k-images-idx3-ubyte"})
    void smallBlocksLoseLittle(String model, String images) throws Exception {
        final ModelFile file = new BuiltInModels().byName(model).orElseThrow().file();
        final int records = 64;
        final int size = records * file.spec().dims();
        try (InputStream in = Files.newInputStream(TESTDATA.resolve(images))) {
            in.skipNBytes(16);
            for (int block = 0; block < 3; block++) {
                final byte[] samples = in.readNBytes(size);
                final byte[] payload = RandomModels.codec(file).encode(samples, records);
                final ChainHeader header = ChainHeader.read(payload, false);
                assertThat(header.plain()).isGreaterThanOrEqualTo(header.heads());
                assertThat(payload.length * 8.0)
                        .isLessThan(Elbo.of(Model.of(file), samples, records, 1).totalBits() * 1.007
                                + header.headBits(payload));
            }
        }
    }

    @Test
    void initialBitsAreWhatPlainRecordsCost() throws Exception {
        final ModelFile file = new BuiltInModels().byName("mnist").orElseThrow().file();
        final int records = 200;
        final byte[] samples = new byte[records * file.spec().dims()];
        try (InputStream in = Files.newInputStream(TESTDATA.resolve("mnist/t10k-images-idx3-ubyte"))) {
            in.skipNBytes(16);
            in.readNBytes(samples, 0, samples.length);
        }
        final RecordChain codec = RandomModels.codec(file);
        final LatentGroup model = RandomModels.groups(file, Engines.preferred(), 64, false);
        final ChainHeader few = new ChainHeader(1, 64, 16, 2, false);
        final ChainHeader many = new ChainHeader(1, 64, 16, 150, false);
        final byte[] payload = codec.encode(model, few, samples, records, n -> {});
        final double difference =
                8.0 * codec.encode(model, many, samples, records, n -> {}).length - 8.0 * payload.length;
        final ChainCost cost = codec.cost(payload, records, false);
        assertThat(cost.initialBits(many, records) - cost.initialBits(few, records))
                .isCloseTo(difference, within(0.4 * difference));
        assertThat(cost.initialBits(new ChainHeader(1, 64, 16, records, false), records)).isZero();
        assertThatThrownBy(() -> codec.cost(Arrays.copyOf(payload, 500), records, false))
                .isInstanceOf(CorruptArchiveException.class);
    }

    @Test
    void latentsThatCostMoreThanTheySaveAreLeftOut() throws Exception {
        final ModelSpec spec = spec(List.of(12, 11), 6, 3, bernoulli(plain(2, 1), 9));
        final ModelFile file = RandomModels.file(spec, 5);
        final byte[] samples = RandomModels.records(spec, 200, 5);
        final RecordChain codec = RandomModels.codec(file);
        final byte[] payload = codec.encode(samples, 200);
        final LatentGroup model = RandomModels.groups(file, Engine.SCALAR, 64, false);
        assertThat(ChainHeader.read(payload, false).plain()).isEqualTo(200);
        assertThat(payload).hasSizeLessThan(codec.encode(model, BITS_BACK, samples, 200, n -> {}).length);
    }

    @Test
    void damagedPayloadsAreRefused() throws Exception {
        final ModelSpec spec = spec(List.of(6, 7), 4, 3, categorical(plain(1, 1), 4, 8));
        final RecordChain codec = RandomModels.codec(RandomModels.file(spec, 7));
        final int records = 40;
        final byte[] samples = RandomModels.records(spec, records, 7);
        final byte[] payload = codec.encode(samples, records);
        final Random random = new Random(7);
        for (int trial = 0; trial < 400; trial++) {
            final byte[] bad = damage(payload, random, trial);
            if (!Arrays.equals(bad, payload)) {
                final byte[] out = new byte[samples.length];
                final Throwable thrown = catchThrowable(() -> codec.decode(bad, out, records));
                if (thrown == null) {
                    // Another plan may cut the block into the very same groups.
                    assertThat(Arrays.copyOfRange(bad, 3, bad.length))
                            .isEqualTo(Arrays.copyOfRange(payload, 3, payload.length));
                    assertThat(out).as("trial %d", trial).isEqualTo(samples);
                } else {
                    assertThat(thrown).as("trial %d", trial).isInstanceOf(CorruptArchiveException.class);
                }
            }
        }
        for (int wrong : new int[] {1, 39, 41}) {
            assertThatThrownBy(() -> codec.decode(payload, new byte[wrong * spec.dims()], wrong))
                    .isInstanceOf(CorruptArchiveException.class);
        }
    }

    private static byte[] damage(byte[] payload, Random random, int trial) {
        final byte[] bad = payload.clone();
        switch (trial % 5) {
            case 0 :
                return Arrays.copyOf(payload, random.nextInt(payload.length));
            case 1 :
                return Arrays.copyOf(payload, payload.length + 1 + random.nextInt(9));
            case 2 :
                bad[random.nextInt(4)] = (byte) random.nextInt(256);
                return bad;
            case 3 :
                random.nextBytes(bad);
                return bad;
            default :
                bad[random.nextInt(bad.length)] ^= 1 << random.nextInt(8);
                return bad;
        }
    }

    /** Workspaces are bounded by what they hold for all records together. */
    @Test
    void lanesAreFewerForLargeRecordsAndWideBlocks() throws Exception {
        assertThat(Lanes.most(spec(List.of(28, 28), 0, 0, bernoulli(plain(1, 1), 5)))).isEqualTo(128);
        assertThat(Lanes.most(spec(List.of(512, 512), 0, 0, bernoulli(plain(1, 1), 5)))).isEqualTo(16);
        final ModelSpec wide =
                spec(List.of(4, 513), 0, 0, new BernoulliLikelihood(head(plain(1, 0), new Blocks(4, 0, 1), 500)));
        assertThat(Lanes.most(wide)).isEqualTo(16);
        final ModelSpec spec = spec(List.of(1024, 1024), 0, 0, bernoulli(plain(1, 0), 1));
        final RecordChain codec = RandomModels.codec(RandomModels.file(spec, 1));
        final byte[] payload = new byte[40];
        new ChainHeader(1, 64, 16, 3, false).write(payload);
        assertThatThrownBy(() -> codec.decode(payload, new byte[3 << 20], 3))
                .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("too many lanes");
    }

    @Test
    void samplesBeyondTheLevelsAreRefused() throws Exception {
        final ModelSpec spec = spec(List.of(6, 6), 0, 0, bernoulli(plain(1, 1), 5));
        final RecordChain codec = RandomModels.codec(RandomModels.file(spec, 8));
        final byte[] samples = new byte[36];
        samples[35] = 2;
        assertThatIllegalArgumentException().isThrownBy(() -> codec.encode(samples, 1))
                .withMessageContaining("sample 35");
        assertThatIllegalArgumentException().isThrownBy(() -> codec.encode(samples, 0));
        assertThatThrownBy(() -> codec.encode(samples, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void threadsDoNotDisturbEachOther() throws Exception {
        final ModelSpec spec = spec(List.of(7, 9), 5, 3, categorical(plain(2, 2), 4, 18));
        final RecordChain codec = RandomModels.codec(RandomModels.file(spec, 9));
        final List<byte[]> blocks = IntStream.range(0, 16).mapToObj(i -> RandomModels.records(spec, 20 + i, i))
                .toList();
        final List<byte[]> expected = IntStream.range(0, 16).mapToObj(i -> codec.encode(blocks.get(i), 20 + i))
                .toList();
        final List<byte[]> parallel = IntStream.range(0, 16).parallel()
                .mapToObj(i -> codec.encode(blocks.get(i), 20 + i)).toList();
        for (int i = 0; i < 16; i++) {
            assertThat(parallel.get(i)).isEqualTo(expected.get(i));
        }
    }
}
