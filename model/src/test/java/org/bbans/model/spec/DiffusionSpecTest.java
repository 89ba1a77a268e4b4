package org.bbans.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiffusionSpecTest {

    private static final String JSON = "{\"version\":1,\"family\":\"diffusion\",\"name\":\"d\",\"shape\":[28,28],"
            + "\"steps\":24,\"channels\":64,\"blocks\":2,\"rank\":15,\"activation\":\"sqlu\"}";

    @Test
    void isReadAsItIsWritten() throws Exception {
        final DiffusionSpec spec = new DiffusionSpec("d", List.of(28, 28), 24, 64, 2, 15, Activation.SQLU);
        assertThat(spec.toJson()).isEqualTo(JSON);
        assertThat(Description.parse(JSON)).isEqualTo(spec);
        assertThat(Description.parse(JSON.replace(",\"activation\":\"sqlu\"", "")))
                .isEqualTo(new DiffusionSpec("d", List.of(28, 28), 24, 64, 2, 15, Activation.ELU));
        assertThat(spec.parameters()).isEqualTo(175_092);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"[28,28]; [28,27]", "[28,28]; [28]", "[28,28]; [28,258]", "[28,28]; [0,28]",
        "\"steps\":24; \"steps\":65", "\"steps\":24; \"steps\":1", "\"channels\":64; \"channels\":257",
        "\"blocks\":2; \"blocks\":0", "\"rank\":15; \"rank\":64", "\"rank\":15,; ''", "\"name\":\"d\"; \"name\":\"/\""})
    void impossibleOnesAreDamaged(String from, String to) {
        assertThatThrownBy(() -> Description.parse(JSON.replace(from, to)))
                .isInstanceOf(CorruptArchiveException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"\"rank\":15; \"rank\":15,\"more\":1", "sqlu; relu", "diffusion; tide",
        "\"version\":1; \"version\":2"})
    void newerOnesAreUnsupported(String from, String to) {
        assertThatThrownBy(() -> Description.parse(JSON.replace(from, to)))
                .isInstanceOf(UnsupportedArchiveException.class);
    }
}
