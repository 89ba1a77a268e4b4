package org.bbans.model.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Small inputs that reach much of the readers, most of them found by Jazzer, and some changes of these. {@code
 * config/fuzz.sh jazzer} goes on from there.
 */
@Tag("slow")
class FuzzCorpusTest {

    private static final int CHANGES = Integer.getInteger("bbans.fuzz", 500);

    @ParameterizedTest
    @EnumSource
    void corpusIsReadOrRefused(FuzzTarget target) throws IOException {
        List<Path> corpus;
        try (Stream<Path> files = Files.list(
                Path.of("..", "testdata", "fuzz", target.name().toLowerCase(Locale.ROOT)))) {
            corpus = files.sorted().toList();
        }
        assertThat(corpus).isNotEmpty();
        Random random = new Random(1);
        for (int i = 0; i < corpus.size() + CHANGES; i++) {
            Path file = corpus.get(i % corpus.size());
            byte[] input = Files.readAllBytes(file);
            for (int n = i < corpus.size() || input.length == 0 ? 0 : 1 + random.nextInt(3); n > 0; n--) {
                input[random.nextInt(input.length)] = (byte) random.nextInt();
            }
            try {
                target.run(input);
            } catch (RuntimeException | Error e) {
                throw new AssertionError(target + ", input " + i + " of " + file.getFileName(), e);
            }
        }
    }
}
