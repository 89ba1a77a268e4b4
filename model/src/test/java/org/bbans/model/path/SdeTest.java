package org.bbans.model.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.Model;
import org.bbans.model.chain.GroupCost;
import org.bbans.model.chain.GroupModel;
import org.bbans.model.chain.RecordModel;
import org.bbans.model.file.ModelFile;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.SdeSpec;
import org.junit.jupiter.api.Test;

class SdeTest extends PathContract {

    @Override
    RecordModel open(ModelFile file) throws CorruptArchiveException {
        return new Sde(file);
    }

    @Override
    Stream<Case> cases() {
        return Stream.of(of(List.of(18), 5, List.of(8), 4, Activation.ELU, 90),
                of(List.of(700), 20, List.of(8), 16, Activation.SQLU, 40),
                of(List.of(10, 12), 24, List.of(16), 1, Activation.SQLU, 16),
                of(List.of(10, 12), 24, List.of(16), 32, Activation.SQLU, 33),
                of(List.of(64), 16, List.of(8), 128, Activation.SQLU, 1),
                of(List.of(3, 6), 5, List.of(7, 6), 33, Activation.SQLU, 7));
    }

    private static Case of(List<Integer> shape, int latents, List<Integer> hidden, int steps, Activation activation,
            int records) {
        final SdeSpec spec = RandomSde.spec(shape, latents, hidden, activation);
        return new Case(RandomSde.file(spec, 3), RandomSde.records(spec, records, 11), records, steps);
    }

    @Override
    Case known() {
        return of(List.of(6, 10), 6, List.of(8), 5, Activation.ELU, 60);
    }

    @Override
    String knownHash() {
        return "0fe4ef4d802976a5";
    }

    @Override
    String[] heavy() {
        return new String[] {"encoder.0.weight", "forward.0.bias", "backward.out.weight", "decoder.out.bias",
            "table.weight"};
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

    /** Levels, sample-major. */
    private static int[] columns(byte[] samples, int records) {
        final int dims = samples.length / records;
        final int[] x = new int[samples.length];
        Arrays.setAll(x, i -> samples[i % records * dims + i / records] & 0xFF);
        return x;
    }
}
