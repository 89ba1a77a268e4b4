package org.bbans.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.bbans.cli.Cli;
import org.bbans.cli.Samples;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.CategoricalLikelihood;
import org.bbans.model.spec.Description;
import org.bbans.model.spec.HurdleLikelihood;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.spec.PredictorSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code bbans train} makes of some records, up to the training itself. */
class PresetTest {

    private static final int RECORDS = 40;

    @TempDir
    private Path dir;

    static Stream<Arguments> records() {
        return Stream.of(
                Arguments.of("bernoulli", 2, 0.5, new int[] {28, 28}),
                Arguments.of("bernoulli", 2, 0.9, new int[] {105, 105}),
                Arguments.of("bernoulli", 2, 0.5, new int[] {8, 8, 3}),
                Arguments.of("hurdle hurdle hurdle", 256, 0.8, new int[] {28, 28}),
                Arguments.of("logistic-mixture", 256, 0.5, new int[] {28, 28}),
                Arguments.of("logistic-mixture", 256, 0.0, new int[] {200, 100}),
                Arguments.of("logistic-mixture", 256, 0.1, new int[] {32, 32, 3}),
                Arguments.of("categorical", 256, 0.8, new int[] {100}),
                Arguments.of("bernoulli", 2, 0.8, new int[] {100}));
    }

    @ParameterizedTest(name = "{0}, {1} levels, {2} zeros, {3}")
    @MethodSource("records")
    void growsFromFastToBest(String kind, int levels, double zeros, int... shape) throws Exception {
        Path in = Samples.write(dir.resolve("in"), idx(levels, zeros, shape));
        List<ModelSpec> specs = new ArrayList<>();
        for (String preset : List.of("fast", "balanced", "best")) {
            specs.add(spec(in, "--preset", preset));
        }
        List<String> kinds = List.of(kind.split(" "));
        assertThat(specs.stream().map(spec -> spec.likelihood().kind()))
                .isEqualTo(kinds.size() == 3 ? kinds : Collections.nCopies(3, kind));
        assertThat(specs).allSatisfy(spec -> {
            assertThat(spec.shape()).isEqualTo(Arrays.stream(shape).boxed().toList());
            assertThat(spec.levels()).isEqualTo(levels);
        });
        assertThat(specs.stream().map(ModelSpec::multiplyAdds)).isSorted().doesNotHaveDuplicates();
        assertThat(spec(in)).isEqualTo(specs.get(1));
    }

    @Test
    void whatIsGivenCounts() throws Exception {
        Path blank = Samples.write(dir.resolve("blank"), idx(256, 0.8, 28, 28));
        assertThat(spec(blank, "--latents", 5, "--radius", 2).latents()).isEqualTo(5);
        assertThat(spec(blank, "--radius", 2).likelihood().window().orElseThrow().radius()).isEqualTo(2);
        assertThat(spec(blank, "--rank", 8).likelihood().kind()).isEqualTo("categorical");
        assertThat(spec(blank, "--components", 3).likelihood().kind()).isEqualTo("logistic-mixture");
        assertThat(spec(blank, "--blocks", 2).likelihood().kind()).isEqualTo("categorical");
        assertThat(spec(blank, "--hurdle", "9", "--rank", 7).likelihood()).isInstanceOfSatisfying(
                HurdleLikelihood.class, hurdle -> {
                    assertThat(hurdle.markHidden()).containsExactly(9);
                    assertThat(hurdle.rank()).isEqualTo(7);
                });
        assertThat(spec(blank, "--hurdle", "trunk", "--blocks", 2, "--activation", "sqlu").likelihood())
                .isInstanceOfSatisfying(HurdleLikelihood.class, hurdle -> {
                    assertThat(hurdle.sharesTrunk()).isTrue();
                    assertThat(hurdle.blocks()).hasValueSatisfying(b -> assertThat(b.count()).isEqualTo(2));
                });
        assertThat(spec(blank, "--preset", "best").activation()).isEqualTo(Activation.SQLU);
        assertThat(spec(blank, "--preset", "best", "--blocks", 2).likelihood().kind()).isEqualTo("hurdle");
        assertThat(spec(blank, "--preset", "best", "--hurdle", "9").likelihood().blocks()).isEmpty();
        Path grey = Samples.write(dir.resolve("grey"), idx(256, 0, 28, 28));
        assertThat(spec(grey, "--hurdle", "9").likelihood().kind()).isEqualTo("hurdle");
        assertThat(spec(grey, "--rank", 8, "--palette", 4).likelihood().palette()).isEqualTo(4);
        assertThat(Cli.run("train", grey, "--out", dir.resolve("m"), "--palette", 4).err()).contains("palette");
        // The plain model of the BB-ANS paper.
        ModelSpec plain = spec(grey, "--radius", 0, "--rows", 0, "--hidden", "", "--latents", 32, "--rank", 4);
        assertThat(plain.likelihood()).isEqualTo(new CategoricalLikelihood(new PredictorSpec(
                Optional.empty(), Optional.empty(), List.of()), 4));
        assertThat(plain.latents()).isEqualTo(32);
        assertThat(spec(grey, "--family", "chain").latentLayers()).containsExactly(32, 16, 8);
        assertThat(spec(grey, "--family", "chain", "--preset", "fast", "--latents", "9,4").latentLayers())
                .containsExactly(9, 4);
        assertThat(Cli.run("train", grey, "--out", dir.resolve("m"), "--family", "chain", "--latents", 9).err())
                .contains("--latents of a chain");
        assertThat(Cli.run("train", grey, "--out", dir.resolve("m"), "--preset", "better").code()).isEqualTo(2);
        assertThat(Cli.run("train", grey, "--out", dir.resolve("m"), "--from", "mnist", "--preset", "fast").err())
                .contains("--preset cannot be given together with --from");
    }

    /** The architecture that a training would have. */
    private ModelSpec spec(Path in, Object... options) throws Exception {
        List<Object> args = new ArrayList<>(List.of("train", in, "-f", "--out", dir.resolve("m"), "--holdout",
                RECORDS));
        args.addAll(List.of(options));
        Cli cli = Cli.run(args.toArray());
        assertThat(cli.err()).contains("too few for a training");
        return (ModelSpec) Description.parse(cli.err().lines().findFirst().orElseThrow().replaceFirst("^[^{]*", ""));
    }

    private static byte[] idx(int levels, double zeros, int... shape) {
        int dims = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        ByteBuffer out = ByteBuffer.allocate(8 + 4 * shape.length + RECORDS * dims);
        out.putInt(0x801 + shape.length).putInt(RECORDS);
        Arrays.stream(shape).forEach(out::putInt);
        SplittableRandom random = new SplittableRandom(3);
        while (out.hasRemaining()) {
            out.put((byte) (random.nextDouble() < zeros ? 0 : levels == 2 ? 255 : 1 + random.nextInt(255)));
        }
        return out.array();
    }
}
