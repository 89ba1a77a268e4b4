package org.bbans.model.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bbans.codec.Tape;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.causal.Lanes;
import org.bbans.model.causal.PixelOrder;
import org.bbans.model.file.ModelFile;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.BernoulliLikelihood;
import org.bbans.model.spec.Blocks;
import org.bbans.model.spec.CategoricalLikelihood;
import org.bbans.model.spec.HurdleLikelihood;
import org.bbans.model.spec.MixtureLikelihood;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.spec.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pixels coded front by front: what the format document says of their order, and the raster order's numbers. */
class FrontsTest {

    static Stream<ModelSpec> specs() {
        return Stream.of(
                spec(List.of(7, 9), 5, 3, categorical(plain(2, 2), 4, 18, 13)),
                spec(List.of(9, 8), 0, 0, categorical(marked(3, 1), 7, 10)),
                spec(List.of(6, 4, 2), 5, 2, new CategoricalLikelihood(head(marked(2, 1), null, 12, 10, 9), 5)),
                spec(List.of(7, 9), 5, 3, hurdle(marked(2, 2), 4, List.of(6), 18, 13)),
                spec(List.of(9, 5), 0, 0, hurdle(plain(2, 1), 3, List.of(5, 4), 9)),
                spec(List.of(7, 9), 5, 3,
                        new HurdleLikelihood(head(marked(2, 2), new Blocks(2, 1, 1), 18, 13), List.of(), 4, 0))
                        .withActivation(Activation.SQLU),
                spec(List.of(9, 5), 0, 0, hurdle(plain(2, 1), 3, List.of(), 9)),
                spec(List.of(12, 11), 6, 3, bernoulli(plain(4, 3), 17)),
                spec(List.of(30, 26), 0, 0, bernoulli(plain(0, 2), 5, 4, 3)),
                spec(List.of(7, 8), 4, 2, mixture(marked(2, 1), 3, 12, 9)),
                spec(List.of(9, 12), 0, 0, mixture(plain(4, 0), 2, 12)),
                spec(List.of(5, 6, 3), 4, 3, new MixtureLikelihood(head(relative(3, 0), null, 10), 2)),
                spec(List.of(9, 5), 0, 0, new MixtureLikelihood(head(relative(0, 1), new Blocks(1, 0, 1), 11), 3)),
                spec(List.of(5, 9, 3), 0, 0,
                        new MixtureLikelihood(head(relative(2, 2), new Blocks(3, 1, 1), 16, 13), 4)),
                spec(List.of(7, 9), 4, 2,
                        new CategoricalLikelihood(head(marked(1, 2), new Blocks(2, 2, 2), 12, 10), 4)),
                spec(List.of(8, 9), 3, 2, new BernoulliLikelihood(head(plain(2, 1), new Blocks(3, 1, 0), 9, 6))),
                chain(List.of(7, 9), List.of(5, 3), 3, categorical(plain(2, 2), 4, 18)));
    }

    static Stream<ModelSpec> palettes() {
        return Stream.of(
                spec(List.of(9, 8), 4, 3, new CategoricalLikelihood(head(marked(2, 1), new Blocks(1, 1, 1), 12), 4, 6)),
                spec(List.of(5, 6, 3), 0, 0, new CategoricalLikelihood(head(plain(2, 1), null, 10), 3, 2)),
                spec(List.of(9, 8), 0, 0, new HurdleLikelihood(head(marked(2, 1), null, 12), List.of(5), 4, 3)),
                spec(List.of(9, 8), 4, 3,
                        new HurdleLikelihood(head(marked(2, 1), new Blocks(1, 1, 1), 12), List.of(), 4, 6)));
    }

    static Stream<ModelSpec> all() {
        return Stream.concat(specs(), palettes());
    }

    @ParameterizedTest
    @MethodSource("all")
    void recordsComeBackAndEnginesAgree(ModelSpec spec) throws Exception {
        final ModelFile file = RandomModels.file(spec, 1);
        final RecordChain codec = RandomModels.codec(file);
        final Engine decoder = Engines.vectorAvailable() ? Engine.VECTOR : Engine.SCALAR;
        final Engine[] engines = {Engine.SCALAR, decoder};
        for (int records : new int[] {1, 2, 3, 5, 14, 20, 33}) {
            final byte[] samples = RandomModels.records(spec, records, records);
            final int plain = spec.latents() > 0 ? Math.min(records, 2) : records;
            final ChainHeader plan = new ChainHeader(records % 2 == 0 ? 4 : 1, 32, 16, plain,
                    spec.latentLayers().size() > 1, true, 0, 0, false, false);
            final byte[][] payload = new byte[2][];
            for (int e = 0; e < 2; e++) {
                final LatentGroup model = RandomModels.groups(file, engines[e], 32, true);
                payload[e] = codec.encode(model, plan, samples, records, n -> {});
            }
            assertThat(payload[1]).as("%d records", records).isEqualTo(payload[0]);
            assertThat(ChainHeader.read(payload[0], false).fronts()).isTrue();
            for (Engine engine : engines) {
                final byte[] back = new byte[samples.length];
                codec.decode(payload[0], back, records, engine, n -> {});
                assertThat(back).as("%d records", records).isEqualTo(samples);
            }
        }
    }

    /** Every sample has the interval that it has in raster order, and symbols lie on the stack as the format says. */
    @ParameterizedTest
    @MethodSource("specs")
    void onlyTheOrderDiffers(ModelSpec spec) throws Exception {
        final ModelFile file = RandomModels.file(spec, 3);
        final Engine engine = Engines.preferred();
        for (int records : new int[] {1, 3, 7, 20}) {
            final int[] z = new Random(3).ints((long) spec.latents() * records, 0, 4096).toArray();
            final byte[] samples = RandomModels.records(spec, records, 3);
            final int[] x = new int[samples.length];
            Arrays.setAll(x, i -> samples[i % records * spec.dims() + i / records] & 0xFF);
            final Tape[] tape = new Tape[2];
            for (int order = 0; order < 2; order++) {
                final LatentGroup model = RandomModels.groups(file, engine, records, order == 1);
                model.group(records);
                tape[order] = Tape.withOwners();
                model.trace(x, z, spec.latentLayers().size(), tape[order]);
            }
            final List<List<Integer>> raster = IntStream.range(0, spec.pixels()).mapToObj(List::of).toList();
            final long[][] expected = bySample(spec, raster, x, records, tape[0]);
            final List<List<Integer>> pieces = pieces(spec, Math.max(1, 128 / records));
            assertThat(bySample(spec, pieces, x, records, tape[1])).isDeepEqualTo(expected);
            final AnsStack stack = new AnsStack(4);
            tape[1].pushTo(stack);
            assertThat(stack.toBytes()).as("%d records", records)
                    .isEqualTo(pushed(spec, pieces, x, records, expected));
        }
    }

    /**
     * The intervals of a tape by their places in x, {@code start << 32 | freq}: of a sample or of its mark, and, for
     * samples of a hurdle that are not zero, of its level.
     */
    private static long[][] bySample(ModelSpec spec, List<List<Integer>> pieces, int[] x, int records, Tape tape) {
        final long[][] intervals = new long[2][x.length];
        final int[] next = {0};
        batches(spec, pieces, x, records, (which, batch) -> {
            for (int place : batch) {
                assertThat(tape.owner(next[0])).isEqualTo(place % records);
                intervals[which][place] = (long) tape.start(next[0]) << 32 | tape.freq(next[0]++);
            }
        });
        assertThat(tape.size()).isEqualTo(next[0]);
        return intervals;
    }

    /** The batches in the order of decoding: of marks or samples (0), or of levels (1), as places in x. */
    private static void batches(ModelSpec spec, List<List<Integer>> pieces, int[] x, int records,
            BiConsumer<Integer, List<Integer>> visitor) {
        for (List<Integer> piece : pieces) {
            for (int c = 0; c < spec.channels(); c++) {
                final int channel = c;
                final List<Integer> batch = piece.stream().flatMap(pixel -> IntStream.range(0, records)
                        .mapToObj(j -> (pixel * spec.channels() + channel) * records + j)).toList();
                visitor.accept(0, batch);
                if (spec.likelihood() instanceof HurdleLikelihood) {
                    visitor.accept(1, batch.stream().filter(place -> x[place] != 0).toList());
                }
            }
        }
    }

    private static byte[] pushed(ModelSpec spec, List<List<Integer>> pieces, int[] x, int records,
            long[][] intervals) {
        final AnsStack stack = new AnsStack(4);
        final List<long[]> batches = new ArrayList<>();
        batches(spec, pieces, x, records,
                (which, batch) -> batches.add(batch.stream().mapToLong(place -> intervals[which][place]).toArray()));
        Collections.reverse(batches);
        for (long[] batch : batches) {
            stack.push(Arrays.stream(batch).mapToInt(i -> (int) (i >>> 32)).toArray(),
                    Arrays.stream(batch).mapToInt(i -> (int) i).toArray(), 0, batch.length, 24);
        }
        return stack.toBytes();
    }

    /** The pieces by the definition: all pixels sorted by front, then by row, and cut. */
    private static List<List<Integer>> pieces(ModelSpec spec, int most) {
        final int width = spec.shape().get(1);
        final Window window = spec.likelihood().window().orElseThrow();
        final int reach = Math.max(window.relative() ? 1 : 0,
                Math.max(window.radius(), spec.likelihood().blocks().map(Blocks::radius).orElse(0)));
        final List<Integer> pixels = IntStream.range(0, spec.pixels()).boxed()
                .sorted(Comparator.comparingInt((Integer p) -> p % width + (reach + 1) * (p / width))
                        .thenComparingInt(p -> p / width))
                .toList();
        final List<List<Integer>> pieces = new ArrayList<>();
        int front = -1;
        for (int p : pixels) {
            final int next = p % width + (reach + 1) * (p / width);
            if (next != front || pieces.get(pieces.size() - 1).size() == most) {
                pieces.add(new ArrayList<>());
            }
            pieces.get(pieces.size() - 1).add(p);
            front = next;
        }
        return pieces;
    }

    /** With a palette, a sample's interval depends on the samples of earlier pieces and on no others. */
    @ParameterizedTest
    @MethodSource("palettes")
    void palettesCountEarlierPieces(ModelSpec spec) throws Exception {
        final LatentGroup model = RandomModels.groups(RandomModels.file(spec, 4), Engines.preferred(), 1, true);
        model.group(1);
        final int[] z = new int[spec.latents()];
        final List<List<Integer>> pieces = pieces(spec, 128);
        final byte[] samples = RandomModels.records(spec, 1, 4);
        final int[] x = IntStream.range(0, samples.length).map(i -> samples[i] & 0xFF).toArray();
        final long[][] before = traced(spec, model, pieces, x, z);
        int changed = 0;
        for (int i = 0; i < pieces.size(); i++) {
            // The last channel of the piece's first pixel: none of the others' may change, but for later pieces'.
            final int sample = (pieces.get(i).get(0) + 1) * spec.channels() - 1;
            final int level = x[sample];
            x[sample] = level == 0 ? 200 : level ^ 1;
            final long[][] after = traced(spec, model, pieces, x, z);
            x[sample] = level;
            for (int k = 0; k < pieces.size(); k++) {
                for (int pixel : pieces.get(k)) {
                    final int from = pixel * spec.channels();
                    final int to = from + spec.channels();
                    final boolean same = Arrays.equals(before[0], from, to, after[0], from, to)
                            && Arrays.equals(before[1], from, to, after[1], from, to);
                    if (k <= i && pixel != pieces.get(i).get(0)) {
                        assertThat(same).as("pixel %d of piece %d after a change in piece %d", pixel, k, i).isTrue();
                    }
                    changed += same ? 0 : 1;
                }
            }
        }
        assertThat(changed).isGreaterThan(3 * pieces.size());
    }

    private static long[][] traced(ModelSpec spec, LatentGroup model, List<List<Integer>> pieces, int[] x, int[] z) {
        final Tape tape = Tape.withOwners();
        model.trace(x, z, spec.latentLayers().size(), tape);
        return bySample(spec, pieces, x, 1, tape);
    }

    @Test
    void blocksOfFewRecordsHaveFronts() throws Exception {
        final ModelSpec spec = spec(List.of(7, 9), 5, 3, categorical(plain(2, 2), 4, 18));
        final RecordChain codec = RandomModels.codec(RandomModels.file(spec, 5));
        for (int records : new int[] {1, 15, 16}) {
            final byte[] payload = codec.encode(RandomModels.records(spec, records, 5), records);
            assertThat(ChainHeader.read(payload, false).fronts()).isEqualTo(records < 16);
            assertThat(codec.cost(payload, records, false).initialBits(ChainHeader.read(payload, false), records))
                    .isGreaterThanOrEqualTo(0);
        }
    }

    /** Without a window, with one row, and where a record is no wider than a front's step. */
    @Test
    void modelsWithoutFrontsRefuseThem() throws Exception {
        for (ModelSpec spec : List.of(spec(List.of(7, 9), 5, 4, categorical(null, 4)),
                spec(List.of(1, 30), 0, 0, bernoulli(plain(2, 1), 5)),
                spec(List.of(30, 3), 0, 0, bernoulli(plain(2, 1), 5)),
                spec(List.of(30, 2), 0, 0, new MixtureLikelihood(head(relative(0, 1), null, 5), 1)))) {
            assertThat(PixelOrder.hasFronts(spec)).isFalse();
            assertThatIllegalArgumentException().isThrownBy(() -> PixelOrder.fronts(spec));
            final RecordChain codec = RandomModels.codec(RandomModels.file(spec, 6));
            refused(codec, codec.encode(RandomModels.records(spec, 1, 6), 1), 1);
        }
        assertThat(PixelOrder.hasFronts(spec(List.of(2, 4), 0, 0, bernoulli(plain(2, 1), 5)))).isTrue();
    }

    /** Fronts keep activations and features of all pixels, whatever the number of lanes. */
    @Test
    void largeRecordsOfManyActivationsHaveNone() throws Exception {
        final ModelSpec wide =
                spec(List.of(256, 256), 0, 0, new BernoulliLikelihood(head(plain(1, 0), new Blocks(4, 0, 0), 64)));
        assertThat(Lanes.allowFronts(wide, 1)).isTrue();
        assertThat(Lanes.allowFronts(wide, 2)).isFalse();
        final ModelSpec featured = new ModelSpec("random", List.of(600, 600), 2, 1,
                Optional.of(new ModelSpec.Encoder(List.of(1))),
                Optional.of(new ModelSpec.Decoder(List.of(1), 24)), bernoulli(plain(1, 1), 2));
        assertThat(Lanes.allowFronts(featured, 1)).isTrue();
        assertThat(Lanes.allowFronts(featured, 2)).isFalse();
        final RecordChain codec = RandomModels.codec(RandomModels.file(wide, 1));
        final byte[] payload = codec.encode(RandomModels.records(wide, 2, 1), 2);
        assertThat(ChainHeader.read(payload, false).fronts()).isFalse();
        refused(codec, payload, 2);
    }

    private static void refused(RecordChain codec, byte[] payload, int records) {
        payload[1] |= 0x20;
        assertThatThrownBy(() -> codec.decode(payload, new byte[records * codec.dims()], records))
                .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("no fronts");
        payload[1] ^= 0xA0;
        assertThatThrownBy(() -> codec.decode(payload, new byte[records * codec.dims()], records))
                .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("learns nothing");
    }
}
