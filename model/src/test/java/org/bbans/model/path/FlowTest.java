package org.bbans.model.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.Model;
import org.bbans.model.chain.RecordModel;
import org.bbans.model.file.ModelFile;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.FlowSpec;
import org.junit.jupiter.api.Test;

class FlowTest extends PathContract {

    @Override
    RecordModel open(ModelFile file) throws CorruptArchiveException {
        return new Flow(file);
    }

    @Override
    Stream<Case> cases() {
        return Stream.of(of(8, 12, 4, 2, Activation.ELU, 40), of(12, 12, 6, 1, Activation.SQLU, 40),
                of(28, 28, 19, 1, Activation.SQLU, 30), of(8, 8, 5, 0, Activation.SQLU, 1),
                of(8, 4, 4, 2, Activation.ELU, 7), of(4, 40, 9, 3, Activation.ELU, 3));
    }

    private static Case of(int height, int width, int channels, int blocks, Activation activation, int records) {
        final FlowSpec spec = RandomFlow.spec(height, width, channels, blocks, activation);
        return new Case(RandomFlow.file(spec, 3), RandomFlow.records(spec, records, 11), records, 0);
    }

    @Override
    Case known() {
        return of(8, 12, 4, 1, Activation.ELU, 40);
    }

    @Override
    String knownHash() {
        return "18c7519f84136ed9";
    }

    @Override
    double ratioTolerance() {
        return 0.01;
    }

    @Override
    String[] heavy() {
        return new String[] {"coupling.1.block.0.0.weight", "noise.output.weight", "coupling.0.input.weight",
            "coupling.3.output.position"};
    }

    /** Records of one cell; values that random bits give are out of the flow's range there, so none are popped. */
    @Test
    void theSmallestRecordsComeBack() throws Exception {
        final Case small = of(4, 4, 3, 1, Activation.ELU, 7);
        enginesGiveTheSameBits(small);
        blocksComeBackAndCostTheBound(small);
    }

    @Test
    void priorTakesAnyValue() {
        final FlowPrior prior = new FlowPrior(9);
        final int[] values = {0, -1, 32767, 32768, -32768, -32769, 1_000_000_000, -1_000_000_000, 77};
        final AnsStack stack = new AnsStack(4);
        prior.push(stack, values, 0);
        final int[] back = new int[values.length];
        prior.pop(stack, back, 0);
        assertThat(back).isEqualTo(values);
        assertThat(stack.isInitial()).isTrue();
    }

    @Test
    void edgesThatDoNotRiseAreRefused() {
        final FlowSpec spec = RandomFlow.spec(8, 4, 4, 2, Activation.ELU);
        final ModelFile file = RandomFlow.file(spec, 2);
        for (float edge : new float[] {40_000, 0.5f, file.weights("edges")[1]}) {
            final float before = file.weights("edges")[2];
            file.weights("edges")[2] = edge;
            assertThatThrownBy(() -> Model.of(file)).isInstanceOf(CorruptArchiveException.class)
                    .hasMessageContaining("edges");
            file.weights("edges")[2] = before;
        }
    }
}
