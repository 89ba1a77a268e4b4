package org.bbans.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.bbans.model.file.ModelFile;
import org.bbans.model.image.ImageCodec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the program says of its models is true of their files. */
class BuiltInModelsTest {

    private static final Path SOURCES = Path.of("src/main/resources/org/bbans/model/builtin");

    private final BuiltInModels models = new BuiltInModels();

    private static List<String> index(boolean images) throws IOException {
        return Files.readAllLines(SOURCES.resolve("index")).stream().filter(line -> line.endsWith(" image") == images)
                .toList();
    }

    static List<String> index() throws IOException {
        return index(false);
    }

    static List<String> images() throws IOException {
        return index(true);
    }

    @ParameterizedTest
    @MethodSource("images")
    void everyImageModelIsItsFileAndHasACard(String line) throws IOException {
        final String[] field = line.split(" ");
        final ImageCodec model = models.imagesByName(field[0]).orElseThrow();
        assertThat(model.toBytes()).isEqualTo(Files.readAllBytes(SOURCES.resolve(field[0] + ".safetensors")));
        assertThat(model.name()).isEqualTo(field[0]);
        assertThat(HexFormat.of().formatHex(model.sha256())).isEqualTo(field[1]);
        assertThat(Files.readString(SOURCES.resolve(field[0] + ".md"))).startsWith("# " + field[0] + "\n")
                .contains(field[1]);
    }

    @ParameterizedTest
    @MethodSource("index")
    void everyModelOfTheIndexIsItsFile(String line) throws IOException {
        final String[] field = line.split(" ");
        final ModelFile model = models.bySha256(HexFormat.of().parseHex(field[1])).orElseThrow().file();
        assertThat(model.toBytes()).isEqualTo(Files.readAllBytes(SOURCES.resolve(field[0] + ".safetensors")));
        assertThat(HexFormat.of().formatHex(model.sha256())).isEqualTo(field[1]);
        assertThat(line).contains(BuiltInModels.indexLine(model).split(" ", 2)[1]);
    }

    @ParameterizedTest
    @MethodSource("index")
    void everyModelHasACard(String line) throws IOException {
        final String[] field = line.split(" ");
        assertThat(Files.readString(SOURCES.resolve(field[0] + ".md"))).startsWith("# " + field[0] + "\n")
                .contains(field[1]);
    }

    @ParameterizedTest
    @MethodSource("index")
    void onlyThoseThatAreNotSupersededAreOffered(String line) {
        final String[] field = line.split(" ");
        assertThat(models.names().contains(field[0])).isEqualTo(field.length == 4);
        assertThat(models.byName(field[0]).isPresent()).isEqualTo(field.length == 4);
    }
}
