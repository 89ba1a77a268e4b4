package org.bbans.model.train.head;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bbans.model.spec.HurdleLikelihood;
import org.bbans.model.spec.ModelSpec;

/**
 * The network that says how likely samples are, with the gradients of its cross-entropy at chosen pixels of records.
 *
 * <p>Nearly all the work of training is here: a network evaluated at every pixel, wide in rows and narrow in columns. A
 * general autodiff library spends most of such a step on memory traffic between operations, so this one is written out:
 * runs of rows go through the layers forward and backward while they are in the processor's cache. A batch is cut into
 * parts whose sums are added in their order, so that the gradient does not depend on the number of threads. Not
 * thread-safe: an instance owns its buffers.
 */
public final class HeadGradient {

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
    public HeadGradient(ModelSpec spec, Parameters layout, HeadKernels kernels, int threads) {
        weights = new HeadWeights(spec, layout);
        mark = spec.likelihood() instanceof HurdleLikelihood h
                ? Optional.of(HeadWeights.mark(spec, h, layout)) : Optional.empty();
        workers = Stream.generate(() -> new HeadWorker(weights, mark, kernels)).limit(Math.min(threads, PARTS))
                .toList();
        everywhere = IntStream.range(0, spec.pixels()).toArray();
    }

    /** Takes the head's weights from the flat parameters, which it goes on reading; call after every change. */
    public void load(float[] parameters) {
        weights.load(parameters);
        mark.ifPresent(m -> m.load(parameters));
    }

    /** The sum of the cross-entropies of a batch's pixels, in nats. */
    public double value(HeadBatch batch) {
        return run(batch.images(), (worker, part) -> worker.run(batch, part.from, part.to, null, 0), worker -> {});
    }

    /**
     * The cross-entropy of a batch's pixels, and its gradient.
     *
     * @param featureGradient receives the gradient by the batch's features
     * @param gradient flat, as the parameters; the head's part is added to
     * @param scale factor of the gradients
     * @return sum of the cross-entropies in nats, not scaled
     */
    public double gradient(HeadBatch batch, float[] featureGradient, float[] gradient, float scale) {
        return run(batch.images(), (worker, part) -> {
            worker.clear();
            return worker.run(batch, part.from, part.to, featureGradient, scale);
        }, worker -> worker.addTo(gradient));
    }

    /**
     * Draws records from the likelihood, sample by sample.
     *
     * @param features of every pixel, {@code [records][pixels][features]}
     * @param randoms one for each record; equal ones draw with equal luck
     * @return levels, {@code [records][dims]}
     */
    public byte[] draw(float[] features, SplittableRandom... randoms) {
        return draw(null, features, randoms);
    }

    /**
     * Draws each sample of some records anew, with the records' own samples as those that came before it.
     *
     * @param given levels, {@code [records][dims]}; null for those that are drawn
     */
    public byte[] draw(byte[] given, float[] features, SplittableRandom... randoms) {
        final HeadBatch batch = new HeadBatch(new byte[randoms.length * weights.spec.dims()], randoms.length,
                everywhere, features);
        run(batch.images(), (worker, part) -> {
            for (int image = part.from; image < part.to; image++) {
                worker.draw(batch, image, given, randoms[image]);
            }
            return 0;
        }, worker -> {});
        return batch.records();
    }

    private record Part(int from, int to) {}

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
