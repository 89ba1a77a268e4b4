package org.bbans.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlowSpecTest {

    private static final String JSON = "{\"version\":1,\"family\":\"flow\",\"name\":\"f\",\"shape\":[28,28],"
            + "\"even\":[2570,20560,0],\"odd\":[2570,20560,1],\"channels\":64,\"blocks\":1,\"activation\":\"sqlu\"}";

    @Test
    void isReadAsItIsWritten() throws Exception {
        final FlowSpec spec = new FlowSpec("f", List.of(28, 28), List.of(2570, 20560, 0), List.of(2570, 20560, 1), 64,
                1, Activation.SQLU);
        assertThat(spec.toJson()).isEqualTo(JSON);
        assertThat(Description.parse(JSON)).isEqualTo(spec);
        assertThat(Description.parse(JSON.replace(",\"activation\":\"sqlu\"", "")))
                .isEqualTo(new FlowSpec("f", List.of(28, 28), List.of(2570, 20560, 0), List.of(2570, 20560, 1), 64, 1,
                        Activation.ELU));
        // A quarter of the pixels twice, and one of 16 in the 24 odd cells of 49.
        assertThat(spec.latents()).isEqualTo(784 + 2 * 196 + 24);
        assertThat(spec.parameters()).isEqualTo(257 + 256 + 4 * (49 * 64 + 144 * 64 + 576 * 64 + 64 + 64 * 64 + 64
                + 49 * 32 + 64 * 32));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"[28,28]; [28,26]", "[28,28]; [28]", "[28,28]; [28,260]", "[28,28]; [0,28]",
        "[2570,20560,1]; [2570,20560]", "[2570,20560,1]; [2570,20560,0]", "\"even\":[2570; \"even\":[-1",
        "\"even\":[2570; \"even\":[65536", "20560,0; 20560,2570,2570,2570,2570,2570", "\"even\":[2570,20560,0]; ''",
        "\"channels\":64; \"channels\":257", "\"blocks\":1; \"blocks\":17", "\"blocks\":1,; ''",
        "\"name\":\"f\"; \"name\":\"/\""})
    void impossibleOnesAreDamaged(String from, String to) {
        assertThatThrownBy(() -> Description.parse(JSON.replace(from, to)))
                .isInstanceOf(CorruptArchiveException.class);
    }

    @Test
    void aPixelIsChangedFiveTimesAtMost() throws Exception {
        final String five = JSON.replace("[2570,20560,0]", "[1,1,1,1,1]").replace("[2570,20560,1]", "[2,2,2,2,2]");
        Description.parse(five);
        assertThatThrownBy(() -> Description.parse(five.replace("[1,1,", "[1,1,1,").replace("[2,", "[2,4,")))
                .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("more than 5");
    }

    @Test
    void parametersAreBounded() throws Exception {
        final String large = JSON.replace("\"channels\":64", "\"channels\":256").replace("\"blocks\":1",
                "\"blocks\":16").replace("[2570,20560,1]", "[1,1,1,1,1,2]").replace("[2570,20560,0]", "[1,1,1,1,1,2]");
        assertThatThrownBy(() -> Description.parse(large)).isInstanceOf(CorruptArchiveException.class)
                .hasMessageContaining("parameters");
        final String less = large.replace("[1,1,1,1,1,2]", "[1,1,1,1,1]");
        assertThat(Description.parse(less).parameters()).isBetween(60L << 20, 64L << 20);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"\"blocks\":1; \"blocks\":1,\"more\":1", "sqlu; relu",
        "\"version\":1; \"version\":2"})
    void newerOnesAreUnsupported(String from, String to) {
        assertThatThrownBy(() -> Description.parse(JSON.replace(from, to)))
                .isInstanceOf(UnsupportedArchiveException.class);
    }
}
