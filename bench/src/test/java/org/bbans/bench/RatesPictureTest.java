package org.bbans.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class RatesPictureTest {

    private static final Path ROOT = Path.of(System.getProperty("bbans.testdata")).getParent();

    /** Redraw it with {@link RatesPicture} when the table changes. */
    @Test
    void thePictureShowsTheTableOfTheReadme() throws IOException {
        final List<RatesPicture.Row> rows = RatesPicture.read(Files.readString(ROOT.resolve("README.md")));

        assertThat(RatesPicture.draw(rows)).isEqualTo(Files.readString(ROOT.resolve("bench/rates.svg")));
    }

    @Test
    void rowsOfTheSameDataAreOneRow() {
        final List<RatesPicture.Row> rows = RatesPicture.read("""
            | data | model | bits/dim | ELBO | model bytes | gzip -9 | xz -9 | image codecs |
            |---|---|---|---|---|---|---|---|
            | digits | `a` | **0.5** | 0.4 | 1,000 | 2 | 1.25 | JPEG XL 1.1, paq8px 0.75 |
            | the same | `b` | **0.625** | 0.6 | 10 | | | |

            | data | of another table |
            """);
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).best()).isEqualTo(0.5);
        assertThat(rows.get(0).others())
                .containsOnlyKeys("gzip -9", "xz -9", "JPEG XL", "paq8px", "bbans, default model")
                .containsEntry("paq8px", 0.75);
        assertThatThrownBy(() -> RatesPicture.read("no table")).hasMessageContaining("table of rates");
    }
}
