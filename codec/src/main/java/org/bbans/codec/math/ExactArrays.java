package org.bbans.codec.math;

import java.lang.invoke.MethodHandles;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.TwinLoader;

/** The functions of {@link Exact} for whole arrays. */
public abstract sealed class ExactArrays permits ExactArrays.Scalar, VectorExact {

    private static final TwinLoader<ExactArrays> VECTOR =
            new TwinLoader<>(MethodHandles.lookup(), ExactArrays.class, "VectorExact");

    ExactArrays() {}

    /**
     * The functions on an engine.
     *
     * @throws IllegalStateException if the engine cannot be had
     */
    public static ExactArrays of(Engine engine) {
        return engine == Engine.VECTOR ? VECTOR.create() : new Scalar();
    }

    /** Replaces {@code x[0 .. n)} by {@link Exact#exp(float)} of them. */
    public abstract void exp(float[] x, int n);

    /** One element at a time. */
    static final class Scalar extends ExactArrays {

        @Override
        public void exp(float[] x, int n) {
            for (int i = 0; i < n; i++) {
                x[i] = Exact.exp(x[i]);
            }
        }
    }
}
