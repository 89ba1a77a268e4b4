package org.bbans.model.train.head;

import java.lang.invoke.MethodHandles;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.engine.TwinLoader;
import org.bbans.model.net.MatrixProduct;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.MixtureLikelihood;

/**
 * The arithmetic of {@link HeadGradient}, beside products of matrices. Training need not be bit-exact, so sums may be
 * split and reordered here.
 *
 * <p>Matrices are row-major in flat arrays.
 */
public interface HeadKernels {

    /** Row counts are multiples of this. */
    int ROWS = 8;

    /** Column counts are multiples of this. */
    int COLUMNS = 16;

    /** What every level of a mixture gets beside its probability: the coder gives each at least about this. */
    float FLOOR = 0x1p-24f;

    /** Products of matrices: those by which coders learn. */
    MatrixProduct product();

    /** An activation in place; n is a multiple of {@link #COLUMNS}. */
    default void activate(Activation activation, float[] x, int off, int n) {
        if (activation == Activation.SQLU) {
            sqlu(x, off, n);
        } else {
            elu(x, off, n);
        }
    }

    /** Multiplies a gradient by an activation's derivative, given its value y; n is a multiple of {@link #COLUMNS}. */
    default void activationGradient(Activation activation, float[] y, int yOff, float[] gradient, int off, int n) {
        if (activation == Activation.SQLU) {
            sqluGradient(y, yOff, gradient, off, n);
        } else {
            eluGradient(y, yOff, gradient, off, n);
        }
    }

    /** ELU in place. */
    void elu(float[] x, int off, int n);

    /** Multiplies a gradient by ELU's derivative: 1 for y > 0, else y + 1. */
    void eluGradient(float[] y, int yOff, float[] gradient, int off, int n);

    /** SQLU in place. */
    void sqlu(float[] x, int off, int n);

    /** Multiplies a gradient by SQLU's derivative: 1 for y > 0, else the root of y + 1. */
    void sqluGradient(float[] y, int yOff, float[] gradient, int off, int n);

    /**
     * Logits that are further below the greatest one count as if they were this far: their gradients would be subnormal
     * numbers, which many processors multiply a hundred times more slowly.
     */
    float LEAST_LOGIT = -60;

    /**
     * Replaces n logits by {@code scale * (softmax - onehot(target))}, the gradient of the scaled cross-entropy.
     *
     * @param n a multiple of {@link #COLUMNS}
     * @return the cross-entropy, in nats
     */
    float softmaxCrossEntropy(float[] logits, int off, int n, int target, float scale);

    /**
     * Probabilities of levels under mixtures of logistic distributions, and the gradients of their scaled
     * cross-entropies. A level is the interval of half a level to both sides, the outermost ones take the tails.
     *
     * <p>Matrices have a column for each sample: logits, means m, then logarithms of scales, each of all components.
     * A mean is at {@code gain * m} levels from the origin; {@code MixtureLikelihood} has the scales.
     *
     * @param n samples, a multiple of {@link #COLUMNS}
     * @param outputs {@code [3 * components][n]}; overwritten
     * @param distance level minus origin of each sample
     * @param end -1 for a sample of the lowest level, 1 for the highest, else 0
     * @param gradient receives the gradient by the outputs, same shape
     * @param probability receives the probabilities, plus {@link #FLOOR}
     */
    void logisticMixture(int components, int n, float[] outputs, float[] distance, float[] end, float gain,
            float scale, float[] gradient, float[] probability);

    /** Plain loops. */
    static HeadKernels scalar() {
        return new ScalarHeadKernels();
    }

    /**
     * The kernels of the engine for long jobs.
     *
     * @throws IllegalStateException as {@link Engines#preferred}
     */
    static HeadKernels best() {
        return Engines.preferred() == Engine.VECTOR
                ? new TwinLoader<>(MethodHandles.lookup(), HeadKernels.class, "VectorHeadKernels").create()
                : new ScalarHeadKernels();
    }
}
