package org.bbans.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SdeSpecTest {

    private static final String JSON = "{\"version\":1,\"family\":\"sde\",\"name\":\"s\",\"shape\":[28,28],"
            + "\"latents\":32,\"encoder\":[256],\"drift\":[128],\"decoder\":[],\"rank\":8,\"activation\":\"sqlu\"}";

    @Test
    void isReadAsItIsWritten() throws Exception {
        final SdeSpec spec =
                new SdeSpec("s", List.of(28, 28), 32, List.of(256), List.of(128), List.of(), 8, Activation.SQLU);
        assertThat(spec.toJson()).isEqualTo(JSON);
        assertThat(Description.parse(JSON)).isEqualTo(spec);
        assertThat(Description.parse(JSON.replace(",\"activation\":\"sqlu\"", "")))
                .isEqualTo(new SdeSpec("s", List.of(28, 28), 32, List.of(256), List.of(128), List.of(), 8,
                        Activation.ELU));
        assertThat(spec.tensors().get("forward.0.weight")).containsExactly(34, 128);
        assertThat(spec.tensors().get("decoder.out.weight")).containsExactly(32, 784 * 8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"[28,28]; [256,257]", "[28,28]; []", "[28,28]; [1,1,1,1,1]", "[28,28]; [0]",
        "\"latents\":32; \"latents\":257", "\"latents\":32; \"latents\":0", "[256]; [1025]", "[128]; [1,1,1,1,1]",
        "\"rank\":8; \"rank\":65", "\"rank\":8,; ''", "\"name\":\"s\"; \"name\":\"/\""})
    void impossibleOnesAreDamaged(String from, String to) {
        assertThatThrownBy(() -> Description.parse(JSON.replace(from, to)))
                .isInstanceOf(CorruptArchiveException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';',
            value = {"\"rank\":8; \"rank\":8,\"more\":1", "sqlu; relu", "\"version\":1; \"version\":2"})
    void newerOnesAreUnsupported(String from, String to) {
        assertThatThrownBy(() -> Description.parse(JSON.replace(from, to)))
                .isInstanceOf(UnsupportedArchiveException.class);
    }
}
