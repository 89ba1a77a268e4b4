package org.bbans.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.model.chain.RecordChainTest;
import org.bbans.model.spec.ModelSpec.Decoder;
import org.bbans.model.spec.ModelSpec.Encoder;
import org.bbans.model.spec.Window.View;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSpecTest {

    private static final String MNIST = """
            {"version":1,"name":"mnist","shape":[28,28],"levels":256,"latents":32,
             "encoder":{"hidden":[256,256]},
             "decoder":{"hidden":[256],"features":4},
             "likelihood":{"kind":"categorical","window":{"radius":4,"rows":4},"hidden":[64,64],"rank":16}}""";

    @Test
    void readsTheDescriptionOfTheFormatDocument() throws Exception {
        final ModelSpec spec = parse(MNIST);
        assertThat(spec).isEqualTo(new ModelSpec("mnist", List.of(28, 28), 256, 32,
                Optional.of(new Encoder(List.of(256, 256))), Optional.of(new Decoder(List.of(256), 4)),
                new CategoricalLikelihood(
                        new PredictorSpec(Optional.of(new Window(4, 4, View.PLAIN)), Optional.empty(), List.of(64, 64)),
                        16)));
        assertThat(spec.tensors()).containsEntry("encoder.0.weight", List.of(784, 256))
                .containsEntry("encoder.out.weight", List.of(256, 64))
                .containsEntry("decoder.out.weight", List.of(256, 3136))
                .containsEntry("head.position", List.of(784, 64))
                .containsEntry("head.0.weight", List.of(44, 64))
                .containsEntry("table.weight", List.of(16, 256))
                .doesNotContainKey("head.0.bias");
        assertThat(spec.parameters()).isEqualTo(spec.tensors().values().stream()
                .mapToLong(s -> s.stream().mapToLong(i -> i).reduce(1, (a, b) -> a * b)).sum());
    }

    private static final String RGB = """
            {"version":1,"name":"cifar","shape":[32,32,3],"levels":256,"latents":0,
             "likelihood":{"kind":"logistic-mixture","window":{"radius":3,"rows":2,"relative":true},
              "blocks":{"count":3,"radius":1,"rows":1},"hidden":[64,48],"components":5}}""";

    @Test
    void channelsSharePixelsTrunk() throws Exception {
        final ModelSpec spec = parse(RGB);
        assertThat(spec).isEqualTo(new ModelSpec("cifar", List.of(32, 32, 3), 256, 0, Optional.empty(),
                Optional.empty(), new MixtureLikelihood(new PredictorSpec(Optional.of(new Window(3, 2, View.RELATIVE)),
                        Optional.of(new Blocks(3, 1, 1)), List.of(64, 48)), 5)));
        assertThat(spec.channels()).isEqualTo(3);
        assertThat(spec.pixels()).isEqualTo(1024);
        assertThat(spec.predictorInputs()).isEqualTo(17 * 3 + 3);
        assertThat(spec.tensors().keySet()).startsWith("head.position", "head.0.weight", "head.block.0.weight",
                "head.block.0.bias").doesNotContain("head.block.3.weight", "head.1.weight", "head.out.weight");
        assertThat(spec.tensors()).containsEntry("head.position", List.of(1024, 64))
                .containsEntry("head.0.weight", List.of(54, 64))
                .containsEntry("head.block.2.weight", List.of(5 * 64, 64))
                .containsEntry("head.block.2.bias", List.of(64))
                .containsEntry("head.channel0.1.weight", List.of(64, 48))
                .containsEntry("head.channel2.1.weight", List.of(66, 48))
                .containsEntry("head.channel2.out.weight", List.of(50, 15))
                .containsEntry("head.channel2.out.bias", List.of(15))
                .hasSize(2 + 6 + 12);
        assertThat(spec.multiplyAdds()).isEqualTo(1024L * (54 * 64 + 3 * 5 * 64 * 64
                + (64 + 65 + 66) * 48 + (48 + 49 + 50) * 15));
    }

    /** Each row replaces the first text by the second. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "[32,32,3]|[32,32,1]",
        "[32,32,3]|[32,32,5]",
        "[32,32,3]|[32,32,3,1]",
        "[32,32,3]|[1024]",
        "\"relative\":true|\"relative\":true,\"marks\":true",
        "\"relative\":true|\"relative\":1",
        "\"components\":5|\"components\":33",
        "\"count\":3|\"count\":0",
        "\"count\":3|\"count\":17",
        "\"count\":3,|''",
        "\"radius\":1|\"radius\":9",
        "\"radius\":1|\"radius\":-1",
        "\"rows\":1|\"rows\":9",
        "[64,48]|[]",
        "\"window\":{\"radius\":3,\"rows\":2,\"relative\":true},|''",
        "{\"count\":3,\"radius\":1,\"rows\":1}|true",
        "[32,32,3]|[1048576,1]",
        "[64,48]|[4096,48]",
    })
    void refusesImpossibleBlocksAndChannels(String from, String to) {
        assertThat(RGB).contains(from);
        assertThatThrownBy(() -> parse(RGB.replace(from, to))).isInstanceOf(CorruptArchiveException.class)
                .hasMessageStartingWith("model description: ");
    }

    @Test
    void onlyMeansCanBeRelative() {
        final String table = RGB.replace("logistic-mixture", "categorical").replace("components", "rank");
        assertThatThrownBy(() -> parse(table)).isInstanceOf(CorruptArchiveException.class)
                .hasMessageContaining("relative");
    }

    /** What a workspace keeps of earlier pixels is bounded too. */
    @Test
    void refusesBlocksThatKeepTooMuch() {
        final String wide = RGB.replace("[32,32,3]", "[4,4096,2]").replace("[64,48]", "[256,4]")
                .replace("\"count\":3,\"radius\":1,\"rows\":1", "\"count\":1,\"radius\":0,\"rows\":1");
        assertThatThrownBy(() -> parse(wide)).hasMessageContaining("earlier pixels");
        assertThatThrownBy(() -> parse(wide.replace("\"rows\":1", "\"rows\":1,\"dilation\":1")))
                .isInstanceOf(UnsupportedArchiveException.class);
    }

    private static final String HURDLE = """
            {"version":1,"name":"digits","shape":[28,28],"levels":256,"latents":0,
             "likelihood":{"kind":"hurdle","window":{"radius":4,"rows":3,"marks":true},"hidden":[64,48],"rank":16,
              "mark":{"hidden":[16,12]}}}""";

    @Test
    void aHurdleHasTwoHeadsWithTheSameInputs() throws Exception {
        final ModelSpec spec = parse(HURDLE);
        assertThat(spec).isEqualTo(new ModelSpec("digits", List.of(28, 28), 256, 0, Optional.empty(), Optional.empty(),
                new HurdleLikelihood(
                        new PredictorSpec(Optional.of(new Window(4, 3, View.MARKED)), Optional.empty(),
                                List.of(64, 48)),
                        List.of(16, 12), 16)));
        assertThat(spec.tensors()).containsEntry("head.0.weight", List.of(62, 64))
                .containsEntry("head.out.weight", List.of(48, 16))
                .containsEntry("mark.position", List.of(784, 16))
                .containsEntry("mark.0.weight", List.of(62, 16))
                .containsEntry("mark.1.weight", List.of(16, 12))
                .containsEntry("mark.out.bias", List.of(1))
                .containsEntry("table.weight", List.of(16, 256))
                .hasSize(6 + 6 + 2);
    }

    @Test
    void aHurdleWithoutAHeadForItsMarkSharesTheTrunkAndMayHaveBlocks() throws Exception {
        final ModelSpec spec = parse(HURDLE.replaceAll(",\\s*\"mark\".*?}", "")
                .replace("\"hidden\"", "\"blocks\":{\"count\":1,\"radius\":1,\"rows\":1},\"hidden\""));
        assertThat(spec.likelihood())
                .isEqualTo(new HurdleLikelihood(new PredictorSpec(Optional.of(new Window(4, 3, View.MARKED)),
                        Optional.of(new Blocks(1, 1, 1)), List.of(64, 48)), List.of(), 16));
        assertThat(spec.tensors()).containsEntry("head.block.0.weight", List.of(5 * 64, 64))
                .containsEntry("mark.out.weight", List.of(64, 1))
                .containsEntry("mark.out.bias", List.of(1))
                .hasSize(6 + 2 + 2 + 2);
        assertThat(parse(spec.toJson())).isEqualTo(spec);
    }

    @Test
    void theActivationIsNamedUnlessItIsElu() throws Exception {
        final String json = HURDLE.replace("\"latents\":0", "\"latents\":0,\"activation\":\"sqlu\"");
        assertThat(parse(json)).isEqualTo(parse(HURDLE).withActivation(Activation.SQLU));
        for (String other : List.of("elu", "SQLU", "relu", "\\u001b[2J")) {
            assertThatThrownBy(() -> parse(json.replace("sqlu", other)))
                    .isInstanceOf(UnsupportedArchiveException.class).hasMessageContaining("unknown activation")
                    .hasMessageNotContaining("\u001b");
        }
    }

    @Test
    void otherFamiliesAreRefused() throws Exception {
        final String json = HURDLE.replace("\"version\":1", "\"version\":1,\"family\":\"vae\"");
        assertThat(parse(json)).isEqualTo(parse(HURDLE));
        assertThat(parse(json).family()).isEqualTo(Family.VAE);
        for (String other : List.of("gan", "VAE", "", "\\u001b[2J")) {
            assertThatThrownBy(() -> parse(json.replace("vae", other)))
                    .isInstanceOf(UnsupportedArchiveException.class).hasMessageContaining("unknown family")
                    .hasMessageNotContaining("\u001b");
        }
    }

    @Test
    void aPaletteWidensTheHeadButNotTheTable() throws Exception {
        final ModelSpec spec = parse(HURDLE.replace("\"rank\":16", "\"rank\":16,\"palette\":6"));
        assertThat(spec).isEqualTo(parse(HURDLE).withPalette(6));
        assertThat(spec.tensors()).containsEntry("head.out.weight", List.of(48, 22))
                .containsEntry("table.weight", List.of(16, 256));
        assertThatThrownBy(() -> parse(RGB).withPalette(1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no palette");
    }

    /** Each row replaces the first text by the second. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "\"levels\":256|\"levels\":2",
        "\"rank\":16|\"rank\":16,\"palette\":17",
        "[28,28]|[28,28,3]",
        "\"rank\":16,|''",
        "[64,48]|[]",
        "[16,12]|[]",
        "[16,12]|[0]",
        "{\"hidden\":[16,12]}|[16,12]",
        "\"levels\":256|\"levels\":256,\"activation\":1",
        "\"marks\":true|\"relative\":true",
        "\"rank\":16|\"rank\":65",
        "\"hidden\":[64,48]|\"hidden\":[64,48],\"blocks\":{\"count\":1,\"radius\":1,\"rows\":1}",
    })
    void refusesImpossibleHurdles(String from, String to) {
        final String json = HURDLE.replaceAll("\n *", "");
        assertThat(json).contains(from);
        assertThatThrownBy(() -> parse(json.replace(from, to))).isInstanceOf(FormatException.class)
                .hasMessageStartingWith("model description: ");
    }

    @Test
    void writesWhatItReads() throws Exception {
        assertThat(parse(parse(RGB).toJson())).isEqualTo(parse(RGB));
        RecordChainTest.specs().forEach(spec -> {
            try {
                assertThat(parse(spec.toJson())).isEqualTo(spec);
            } catch (FormatException e) {
                throw new AssertionError(spec.toJson(), e);
            }
        });
    }

    /** Each row replaces the first text by the second. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "[28,28]|[28,0]",
        "[28,28]|[28,-1]",
        "[28,28]|[1048577]",
        "[28,28]|[1024,1025]",
        "[28,28]|[99999999,99999999,99999999]",
        "[28,28]|[28,28,1]",
        "[28,28]|[1,1,1,1,1]",
        "[28,28]|[]",
        "[28,28]|[28.5,28]",
        "[28,28]|[2e9,1]",
        "[28,28]|[1,[2]]",
        "[28,28]|28",
        "\"levels\":256|\"levels\":2",
        "\"levels\":256|\"levels\":null",
        "\"latents\":32|\"latents\":1025",
        "\"latents\":32|\"latents\":0",
        "\"latents\":32|\"latents\":\"32\"",
        "\"features\":4|\"features\":65",
        "\"features\":4|\"features\":0",
        "\"hidden\":[256,256]|\"hidden\":[256,4097]",
        "\"hidden\":[256,256]|\"hidden\":[0]",
        "\"hidden\":[256,256]|\"hidden\":[1,1,1,1,1,1,1,1,1]",
        "\"hidden\":[64,64]|\"hidden\":[]",
        "\"rank\":16|\"rank\":65",
        ",\"rank\":16|''",
        "\"radius\":4|\"radius\":33",
        "\"rows\":4|\"rows\":33",
        "\"radius\":4,\"rows\":4|\"radius\":0,\"rows\":0",
        "\"rows\":4|\"rows\":4,\"marks\":1",
        "\"mnist\"|\"../mnist\"",
        "\"mnist\"|\"\"",
        "\"mnist\"|7",
        "\"encoder\":{\"hidden\":[256,256]},|''",
        "{\"version\"|{\"version",
        "{\"version\":1|[\"version\":1",
        "{\"version\"|{version",
        "\"rank\":16|\"rank\":16,\"rank\":16",
    })
    void refusesWhatIsInconsistentOrOversized(String from, String to) {
        assertThat(MNIST).contains(from);
        assertThatThrownBy(() -> parse(MNIST.replace(from, to))).isInstanceOf(CorruptArchiveException.class)
                .hasMessageStartingWith("model description: ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "\"version\":1|\"version\":2",
        "\"categorical\"|\"quantum\"",
        "\"rows\":4|\"rows\":4,\"dilation\":2",
        "\"latents\":32|\"latents\":32,\"flow\":true",
    })
    void refusesWhatANewerProgramMayMean(String from, String to) {
        assertThatThrownBy(() -> parse(MNIST.replace(from, to)))
                .isInstanceOf(UnsupportedArchiveException.class);
    }

    @Test
    void refusesTooManyParametersInAll() {
        final String big = MNIST.replace("[28,28]", "[1024,1024]").replace("\"features\":4", "\"features\":64");
        assertThatThrownBy(() -> parse(big)).isInstanceOf(CorruptArchiveException.class)
                .hasMessageContaining("parameters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "7", "{\"version\":1}", "\u0000"})
    void refusesWhatIsNoDescription(String json) {
        assertThatThrownBy(() -> parse(json)).isInstanceOf(FormatException.class);
    }

    @Test
    void refusesDeepNesting() {
        assertThatThrownBy(() -> parse("[".repeat(100_000))).isInstanceOf(CorruptArchiveException.class)
                .hasMessage("model description: it is not JSON");
    }

    private static final String DEEP = """
            {"version":1,"name":"deep","shape":[30],"levels":2,"latents":[8,4,2],"encoder":{"hidden":[16]},
            "transitions":[{"prior":[5],"posterior":[]},{"prior":[],"posterior":[9]}],
            "decoder":{"hidden":[],"features":1},"likelihood":{"kind":"bernoulli","hidden":[]}}""";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "[8,4,2]|[8,4]",
        "[8,4,2]|[8]",
        "[8,4,2]|[]",
        "[8,4,2]|14",
        "[8,4,2]|[8,4,0]",
        "[8,4,2]|[8,4,-2]",
        "[8,4,2]|[8,4,2000000000000]",
        "[8,4,2]|[1024,1024,1024]",
        "[8,4,2]|[8,4,1013]",
        "[8,4,2]|[1,1,1,1,1,1,1,1,1]",
        "[16]}|[]}",
        "{\"prior\":[],\"posterior\":[9]}|7",
        ",{\"prior\":[],\"posterior\":[9]}|''",
        "\"prior\":[]|\"prior\":[0]",
        "\"prior\":[]|\"prior\":[4097]",
        "\"posterior\":[9]|\"posterior\":9",
        "[{\"prior\":[5],\"posterior\":[]},{\"prior\":[],\"posterior\":[9]}]|[]",
        "[{\"prior\":[5],\"posterior\":[]},{\"prior\":[],\"posterior\":[9]}]|{}",
    })
    void refusesInconsistentLayersOfLatents(String from, String to) throws Exception {
        final ModelSpec spec = parse(DEEP);
        assertThat(spec.tensors()).containsEntry("encoder.out.weight", List.of(16, 4))
                .containsEntry("posterior.2.0.weight", List.of(18, 9))
                .containsEntry("prior.2.out.weight", List.of(2, 8))
                .containsEntry("posterior.1.out.weight", List.of(20, 16))
                .containsEntry("prior.1.0.weight", List.of(4, 5))
                .containsEntry("decoder.out.weight", List.of(8, 30));
        assertThat(DEEP).contains(from);
        assertThatThrownBy(() -> parse(DEEP.replace(from, to)))
                .isInstanceOf(CorruptArchiveException.class).hasMessageStartingWith("model description: ");
    }

    private static ModelSpec parse(String json) throws FormatException {
        return (ModelSpec) Description.parse(json);
    }
}
