package org.bbans.model.train;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bbans.model.ModelSpec;

/**
 * The likelihood's head: value and gradient of its cross-entropy at chosen pixels of some records.
 *
 * <p>Nearly all the work of training is here: a network evaluated at every pixel, wide in rows and narrow in columns. A
 * general autodiff library spends most of such a step on memory traffic between operations, so this one is written out:
 * runs of rows go through the layers forward and backward while they are in the processor's cache. Threads share the
 * records of a batch; each sums gradients of its own, which are added in a fixed order. Not thread-safe: an instance
 * owns its buffers.
 */
final class HeadGradient {

    private final HeadWeights weights;
    private final Optional<HeadWeights> mark;
    private final List<HeadWorker> workers;
    private final int[] everywhere;

    /**
     * A head that is still to be loaded.
     *
     * @param threads on how many threads it runs
     */
    HeadGradient(ModelSpec spec, Parameters layout, HeadKernels kernels, int threads) {
        weights = new HeadWeights(spec, layout);
        mark = spec.likelihood() instanceof ModelSpec.Hurdle h ? Optional.of(HeadWeights.mark(spec, h, layout))
            : Optional.empty();
        workers = Stream.generate(() -> new HeadWorker(weights, mark, kernels)).limit(threads).toList();
        everywhere = IntStream.range(0, spec.pixels()).toArray();
    }

    /** Takes the head's weights from the flat parameters; call after every change. */
    void load(float[] parameters) {
        weights.load(parameters);
        mark.ifPresent(m -> m.load(parameters));
    }

    /** The cross-entropy alone. See {@link #gradient}. */
    double value(float[] parameters, byte[] records, int images, int[] positions, float[] featureRows) {
        return run(images, (worker, part) -> worker.run(parameters, records, part.from, part.to, positions,
            featureRows, null, 0));
    }

    /**
     * The cross-entropy of the samples at the same pixels of every record, and its gradient.
     *
     * @param parameters the flat parameters that {@link #load} has seen (the position biases are read from them)
     * @param records levels, {@code images * dims}
     * @param positions pixels without repeats; all of them in order if the head has blocks
     * @param featureRows {@code [images][positions][features]}
     * @param featureGradient receives the gradient by the features, same shape
     * @param gradient flat, as the parameters; the head's part is added to
     * @param scale factor of the gradients
     * @return sum of the cross-entropies in nats, not scaled
     */
    double gradient(float[] parameters, byte[] records, int images, int[] positions, float[] featureRows,
                    float[] featureGradient, float[] gradient, float scale) {
        final double sum = run(images, (worker, part) -> {
            worker.clear();
            return worker.run(parameters, records, part.from, part.to, positions, featureRows, featureGradient, scale);
        });
        workers.forEach(worker -> worker.addTo(gradient));
        return sum;
    }

    /**
     * Draws records from the likelihood, sample by sample.
     *
     * @param parameters the flat parameters that {@link #load} has seen
     * @param featureRows {@code [images][pixels][features]}
     * @param randoms one for each record; equal ones draw with equal luck
     * @return levels, {@code images * dims}
     */
    byte[] draw(float[] parameters, float[] featureRows, int images, SplittableRandom[] randoms) {
        final byte[] records = new byte[images * weights.spec.dims()];
        run(images, (worker, part) -> {
            for (int image = part.from; image < part.to; image++) {
                worker.draw(parameters, everywhere, featureRows, image, randoms[image], records);
            }
            return 0;
        });
        return records;
    }

    private record Part(int from, int to) {
    }

    /** Gives each worker its part of the records; the sum of what they return, in a fixed order. */
    private double run(int images, ToDoubleBiFunction<HeadWorker, Part> work) {
        final int n = workers.size();
        final double[] sums = new double[n];
        IntStream.range(0, n).parallel().forEach(w -> sums[w] =
            work.applyAsDouble(workers.get(w), new Part(images * w / n, images * (w + 1) / n)));
        return Arrays.stream(sums).sum();
    }
}
