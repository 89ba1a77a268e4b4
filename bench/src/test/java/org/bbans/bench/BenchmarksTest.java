package org.bbans.bench;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.annotations.Param;

/** Every benchmark's set-up, with each of its parameters: it checks the results that the benchmark will time. */
class BenchmarksTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 8, 32})
    void ansStack(int heads) {
        final AnsStackBench.Empty state = new AnsStackBench.Empty();
        state.heads = heads;
        state.create();
        state.rewind();
        new AnsStackBench().pushScalar(state);
    }

    static Stream<String> distributions() throws NoSuchFieldException {
        return Stream.of(DistributionBench.Trip.class.getField("distribution").getAnnotation(Param.class).value());
    }

    @ParameterizedTest
    @MethodSource("distributions")
    void distribution(String name) {
        final DistributionBench.Full state = new DistributionBench.Full();
        state.distribution = name;
        state.create();
        state.rewind();
        new DistributionBench().popScalar(state);
    }

    @Test
    void kernels() {
        final KernelBench.Layer layer = new KernelBench.Layer();
        layer.shape = "64x64x16";
        layer.create();
        final KernelBench.Head head = new KernelBench.Head();
        head.create();
        head.refill();
        new KernelBench().logitsScalar(head);
    }
}
