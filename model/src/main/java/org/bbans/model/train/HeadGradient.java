package org.bbans.model.train;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bbans.model.spec.ModelSpec;

/**
 * The likelihood's head: value and gradient of its cross-entropy at chosen pixels of some records.
 *
 * <p>Nearly all the work of training is here: a network evaluated at every pixel, wide in rows and narrow in columns. A
 * general autodiff library spends most of such a step on memory traffic between operations, so this one is written out:
 * runs of rows go through the layers forward and backward while they are in the processor's cache. A batch is cut into
 * parts whose sums are added in their order, so that the gradient does not depend on the number of threads. Not
 * thread-safe: an instance owns its buffers.
 */
final class HeadGradient {

    /** Parts of a batch, so many threads at most: each costs one more addition of all gradients. */
    private static final int PARTS = 8;

    private final HeadWeights weights;
    private final Optional<HeadWeights> mark;
    private final List<HeadWorker> workers;
    private final int[] everywhere;

    /**
     * A head that is still to be loaded.
     *
     * @param threads on how many threads it runs; never changes the result
     */
    HeadGradient(ModelSpec spec, Parameters layout, HeadKernels kernels, int threads) {
        weights = new HeadWeights(spec, layout);
        mark = spec.likelihood() instanceof ModelSpec.Hurdle h ? Optional.of(HeadWeights.mark(spec, h, layout))
            : Optional.empty();
        workers = Stream.generate(() -> new HeadWorker(weights, mark, kernels)).limit(Math.min(threads, PARTS))
            .toList();
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
            featureRows, null, 0), worker -> { });
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
        return run(images, (worker, part) -> {
            worker.clear();
            return worker.run(parameters, records, part.from, part.to, positions, featureRows, featureGradient, scale);
        }, worker -> worker.addTo(gradient));
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
        }, worker -> { });
        return records;
    }

    private record Part(int from, int to) {
    }

    /**
     * Gives the workers the parts of the records, as many at a time as there are workers.
     *
     * @param work on a part; what it returns is summed in the order of the parts
     * @param collect takes the outcome from the worker of each part, in the order of the parts
     */
    private double run(int images, ToDoubleBiFunction<HeadWorker, Part> work, Consumer<HeadWorker> collect) {
        final int parts = Math.min(PARTS, images);
        double sum = 0;
        for (int start = 0; start < parts; start += workers.size()) {
            final int first = start;
            final double[] sums = new double[Math.min(workers.size(), parts - first)];
            IntStream.range(0, sums.length).parallel().forEach(w -> sums[w] = work.applyAsDouble(workers.get(w),
                new Part(images * (first + w) / parts, images * (first + w + 1) / parts)));
            for (int w = 0; w < sums.length; w++) {
                sum += sums[w];
                collect.accept(workers.get(w));
            }
        }
        return sum;
    }
}
