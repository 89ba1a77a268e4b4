package org.bbans.codec.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EnginesTest {

    private final String before = System.getProperty(Engines.PROPERTY);

    @AfterEach
    void restore() {
        if (before == null) {
            System.clearProperty(Engines.PROPERTY);
        } else {
            System.setProperty(Engines.PROPERTY, before);
        }
    }

    @Test
    void shortJobsRunScalarAndLongOnesAsFastAsTheyCan() {
        System.setProperty(Engines.PROPERTY, "auto");
        assertThat(Engines.forWork(1)).isEqualTo(Engine.SCALAR);
        assertThat(Engines.preferred()).isEqualTo(Engines.vectorAvailable() ? Engine.VECTOR : Engine.SCALAR);
    }

    @Test
    void thePropertyDecides() {
        System.setProperty(Engines.PROPERTY, "scalar");
        assertThat(Engines.preferred()).isEqualTo(Engine.SCALAR);
        assertThat(Engines.describe()).contains("scalar");
        System.setProperty(Engines.PROPERTY, "vector");
        if (Engines.vectorAvailable()) {
            assertThat(Engines.forWork(1)).isEqualTo(Engine.VECTOR);
        } else {
            assertThatThrownBy(() -> Engines.forWork(1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> Engines.require(Engine.VECTOR)).isInstanceOf(IllegalStateException.class);
        }
        System.setProperty(Engines.PROPERTY, "warp");
        assertThatThrownBy(Engines::preferred).isInstanceOf(IllegalStateException.class).hasMessageContaining("warp");
    }
}
