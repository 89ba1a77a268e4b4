package org.bbans.model.train.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.bbans.model.train.head.Parameters;

/** Gradients against differences of the loss. */
final class GradientChecks {

    private GradientChecks() {}

    /**
     * Compares, for each tensor, the slope of the loss along the tensor's own gradient with that gradient's norm.
     *
     * @param constants tensors that are not learnt, whose gradient is 0
     * @param longest step
     * @param tolerance relative
     * @param loss of flat parameters, with the same noise always
     */
    static void gradientIsThatOf(Parameters layout, float[] parameters, float[] gradient, Set<String> constants,
            double longest, double tolerance, ToDoubleFunction<float[]> loss) {
        final Map<String, Double> wrong = new TreeMap<>();
        for (String name : layout.names()) {
            double squares = 0;
            for (int i = 0; i < layout.length(name); i++) {
                squares += Math.pow(gradient[layout.offset(name) + i], 2);
            }
            final double norm = Math.sqrt(squares);
            if (constants.contains(name)) {
                assertThat(norm).as(name).isZero();
                continue;
            }
            assertThat(norm).as(name).isPositive();
            final double step = Math.min(longest, 30 * longest / norm);
            final double[] ends = new double[2];
            for (int side = 0; side < 2; side++) {
                final float[] at = parameters.clone();
                for (int i = layout.offset(name); i < layout.offset(name) + layout.length(name); i++) {
                    at[i] += (float) ((2 * side - 1) * step / norm * gradient[i]);
                }
                ends[side] = loss.applyAsDouble(at);
            }
            final double slope = (ends[1] - ends[0]) / (2 * step);
            if (Math.abs(slope / norm - 1) > tolerance) {
                wrong.put(name, slope / norm);
            }
        }
        assertThat(wrong).isEmpty();
    }
}
