package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bbans.codec.format.Layout;
import org.bbans.model.Effort;
import org.bbans.model.Model;
import org.bbans.model.ModelChooser;
import org.junit.jupiter.api.Test;

class EffortTest {

    private final Model fast;
    private final Model slow;

    EffortTest() throws Exception {
        fast = Model.of(Samples.twoValuedModel());
        slow = Model.of(Samples.greyModel());
    }

    @Test
    void takesTheFasterModelAsLongAsItsArchiveIsNotTooLarge() {
        assertThat(fast.description().multiplyAdds()).isLessThan(slow.description().multiplyAdds());

        assertThat(chosen(Effort.BEST, 100, 99)).isSameAs(slow);
        assertThat(chosen(Effort.BALANCED, 112, 100)).isSameAs(fast);
        assertThat(chosen(Effort.BALANCED, 113, 100)).isSameAs(slow);
        assertThat(chosen(Effort.FAST, 125, 100)).isSameAs(fast);
        assertThat(chosen(Effort.FAST, 126, 100)).isSameAs(slow);
    }

    @Test
    void takesTheBetterOfTwoWaysToReadTheRecordsWithOneModel() {
        for (Effort effort : Effort.values()) {
            ModelChooser.Trial worse = trial(fast, 101);
            ModelChooser.Trial better = trial(fast, 100);
            assertThat(effort.choose(List.of(worse, better))).as("%s", effort).isSameAs(better);
        }
    }

    private Model chosen(Effort effort, double fastBytes, double slowBytes) {
        return effort.choose(List.of(trial(slow, slowBytes), trial(fast, fastBytes))).fit().model();
    }

    private static ModelChooser.Trial trial(Model model, double bytes) {
        return new ModelChooser.Trial(new ModelChooser.Fit(Layout.NONE, model), 1, bytes);
    }
}
