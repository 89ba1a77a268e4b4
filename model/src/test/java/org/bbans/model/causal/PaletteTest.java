package org.bbans.model.causal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.bbans.model.chain.RandomModels;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.Network;
import org.bbans.model.spec.CategoricalLikelihood;
import org.bbans.model.spec.ModelSpec;
import org.junit.jupiter.api.Test;

class PaletteTest {

    private static final int LEVELS = 256;
    private static final int CAPACITY = 7;

    @Test
    void raisesTheLevelsThatTheRecordHasHad() throws Exception {
        for (Engine engine : Engines.vectorAvailable() ? Engine.values() : new Engine[] {Engine.SCALAR}) {
            check(engine, 3);
            check(engine, ModelSpec.MAX_PALETTE);
        }
    }

    /** Against counting anew for each sample. */
    private static void check(Engine engine, int most) throws Exception {
        final ModelSpec spec = RandomModels.spec(List.of(6, 5, 2), 0, 0,
                new CategoricalLikelihood(RandomModels.head(RandomModels.plain(1, 1), null, 4), 2, most));
        final Palette palette = new Palette(new Workspace(new Network(RandomModels.file(spec, 1)), engine,
                Kernels.of(engine), PixelOrder.raster(spec), CAPACITY, CAPACITY));
        final Random random = new Random(1);
        for (int records : new int[] {CAPACITY, 2, 5}) {
            palette.begin();
            final int[][] seen = new int[spec.dims()][];
            for (int i = 0; i < spec.dims(); i++) {
                final int channel = i % 2;
                final int[] lanes = random.ints(0, records).distinct().limit(1 + i % records).sorted().toArray();
                final boolean some = channel == 0 && i % 3 == 0;
                final int rows = some ? lanes.length : records;
                final float[][] out = new float[2 + most][CAPACITY];
                for (float[] row : out) {
                    for (int j = 0; j < CAPACITY; j++) {
                        row[j] = random.nextFloat();
                    }
                }
                final float[] logits = new float[CAPACITY * LEVELS];
                final float[] expected = logits.clone();
                for (int s = 0; s < rows; s++) {
                    final int[] times = new int[LEVELS];
                    for (int p = channel; p < i; p += 2) {
                        times[seen[p][some ? lanes[s] : s]]++;
                    }
                    for (int v = 0; v < LEVELS; v++) {
                        expected[s * LEVELS + v] = times[v] == 0 ? 0 : out[1 + Math.min(times[v], most)][s];
                    }
                }
                final int[] all = IntStream.range(0, records).toArray();
                palette.raise(channel, out, 2, some ? lanes : all, rows, logits);
                assertThat(logits).isEqualTo(expected);
                seen[i] = random.ints(records, 0, i % 5 == 0 ? LEVELS : 4).toArray();
                palette.add(channel, seen[i], all, records);
            }
        }
    }
}
