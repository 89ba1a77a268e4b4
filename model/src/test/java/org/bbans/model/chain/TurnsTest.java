package org.bbans.model.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bbans.model.chain.RandomModels.categorical;
import static org.bbans.model.chain.RandomModels.head;
import static org.bbans.model.chain.RandomModels.hurdle;
import static org.bbans.model.chain.RandomModels.marked;
import static org.bbans.model.chain.RandomModels.plain;
import static org.bbans.model.chain.RandomModels.relative;
import static org.bbans.model.chain.RandomModels.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.causal.Grid;
import org.bbans.model.file.ModelFile;
import org.bbans.model.latent.Vae;
import org.bbans.model.spec.Blocks;
import org.bbans.model.spec.MixtureLikelihood;
import org.bbans.model.spec.ModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TurnsTest {

    /** Three bytes. */
    private static final ChainHeader HEADER = new ChainHeader(1, 1, 1, 1, false);

    @Test
    void noTwoWaysAreTheSame() {
        byte[] record = new byte[3 * 3 * 2];
        for (int i = 0; i < record.length; i++) {
            record[i] = (byte) i;
        }
        Set<String> turned = new HashSet<>();
        for (byte way = 0; way < 8; way++) {
            turned.add(Arrays.toString(new Turns(new Grid(3, 3, 2), new byte[] {way}).turned(record)));
        }
        assertThat(turned).hasSize(8);
        assertThat(new Turns(new Grid(2, 3, 1), new byte[] {1}).turned(new byte[] {1, 2, 3, 4, 5, 6}))
                .containsExactly(3, 2, 1, 6, 5, 4);
        assertThat(new Turns(new Grid(2, 2, 1), new byte[] {5}).turned(new byte[] {1, 2, 3, 4}))
                .containsExactly(2, 4, 1, 3);
    }

    @Test
    void turnedRecordsAndTheirTurnsComeBack() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int n = 0; n < 300; n++) {
            int height = 1 + random.nextInt(5);
            Grid grid = new Grid(height, random.nextBoolean() ? height : 1 + random.nextInt(5), 1 + random.nextInt(3));
            byte[] ways = new byte[1 + random.nextInt(20)];
            for (int j = 0; j < ways.length; j++) {
                ways[j] = (byte) random.nextInt(Turns.ways(grid));
            }
            byte[] samples = new byte[ways.length * grid.dims()];
            random.nextBytes(samples);
            byte[] payload = new byte[HEADER.sizeInBytes() + random.nextInt(9)];
            Turns turns = new Turns(grid, ways);
            byte[] whole = turns.appendedTo(payload);
            assertThat(whole).hasSize(payload.length + Turns.sizeInBytes(ways.length));
            byte[] back = turns.turned(samples);
            Turns.read(grid, HEADER, whole, ways.length).restore(back);
            assertThat(back).as("seed %d, number %d", seed, n).isEqualTo(samples);
        }
    }

    @Test
    void whatSaysTheImpossibleIsDamaged() {
        Grid grid = new Grid(2, 3, 1);
        assertThatThrownBy(() -> Turns.read(grid, HEADER, new byte[5], 6)).isInstanceOf(CorruptArchiveException.class)
                .hasMessageContaining("too short");
        assertThatThrownBy(() -> Turns.read(grid, HEADER, new byte[] {0, 0, 0, 0, 0x08}, 4))
                .isInstanceOf(CorruptArchiveException.class)
                .hasMessageContaining("no square");
        assertThatThrownBy(() -> Turns.read(grid, HEADER, new byte[] {0, 0, 0, 0, 0x10}, 4))
                .isInstanceOf(CorruptArchiveException.class)
                .hasMessageContaining("behind the last");
    }

    /** What its turns take may be more than there is, or the first bytes of the payload themselves. */
    @Test
    void aPayloadWithoutRoomForItsTurnsIsDamaged() throws Exception {
        ModelSpec spec = spec(List.of(8, 8), 0, 0, categorical(plain(2, 2), 4, 18, 13));
        RecordChain codec = RandomModels.codec(RandomModels.file(spec, 7));
        for (int records : new int[] {8, 100}) {
            byte[] payload = {0x40, 0x0F, (byte) records};
            assertThatThrownBy(() -> codec.decode(payload, new byte[records * 64], records))
                    .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("too short");
            assertThatThrownBy(() -> codec.cost(payload, records, false))
                    .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("too short");
        }
    }

    static Stream<ModelSpec> specs() {
        return Stream.of(
                spec(List.of(8, 8), 0, 0, categorical(plain(2, 2), 4, 18, 13)),
                spec(List.of(7, 9), 0, 0, hurdle(plain(2, 1), 3, List.of(5, 4), 9)),
                spec(List.of(9, 9), 4, 2, categorical(marked(2, 2), 4, 12)),
                spec(List.of(6, 6, 3), 0, 0,
                        new MixtureLikelihood(head(relative(2, 2), new Blocks(3, 1, 1), 16, 13), 4)));
    }

    /** Records that a model drew and that were then turned are turned back by what predicts them best. */
    @ParameterizedTest
    @MethodSource("specs")
    void aModelTurnsWhatItCanPredictBetter(ModelSpec spec) throws Exception {
        ModelFile file = RandomModels.file(spec, 7);
        RecordChain codec = RandomModels.codec(file);
        RecordChain thorough = new RecordChain(new Vae(file), spec.name(), file.sha256(), true);
        Grid grid = Grid.of(spec);
        Random random = new Random(8);
        for (int records : new int[] {1, 17, 150}) {
            byte[] ways = new byte[records];
            for (int j = 0; j < records; j++) {
                ways[j] = (byte) random.nextInt(Turns.ways(grid));
            }
            byte[] samples = new Turns(grid, ways).turned(RandomModels.sampled(file, records, 9));
            byte[] first = null;
            for (Engine engine : Engine.values()) {
                if (engine == Engine.VECTOR && !Engines.vectorAvailable()) {
                    continue;
                }
                List<Integer> done = new ArrayList<>();
                byte[] payload = thorough.encode(samples, records, engine, done::add);
                assertThat(done).isSorted().last().isEqualTo(records);
                first = first == null ? payload : first;
                assertThat(payload).isEqualTo(first);
                byte[] back = new byte[samples.length];
                thorough.decode(payload, back, records, engine, n -> {});
                assertThat(back).as("%d records of %s", records, spec).isEqualTo(samples);
            }
            if (records == 150) {
                assertThat(thorough.cost(first, records, false).initialBits(ChainHeader.read(first, false), records))
                        .isNotNegative();
                assertThat(ChainHeader.read(first, false).turned()).isTrue();
                assertThat(first.length).isLessThan(codec.encode(samples, records).length);
            }
        }
    }
}
