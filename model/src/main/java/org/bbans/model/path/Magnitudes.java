package org.bbans.model.path;

import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.file.ModelFile;

/** How large the numbers of a model's networks can get, by sums of magnitudes. */
final class Magnitudes {

    /** No activation may be able to exceed it: far from overflow, so no input can produce an infinity or a NaN. */
    static final double LIMIT = 0x1p100;

    private final ModelFile file;

    Magnitudes(ModelFile file) {
        this.file = file;
    }

    /**
     * The greatest magnitude that an output of a dense layer can have.
     *
     * @param weight the name of its weight
     * @param bias the name of what its accumulators start from
     * @param input the greatest magnitude of an input
     */
    double grow(String weight, String bias, double input) throws CorruptArchiveException {
        final float[] w = file.weights(weight);
        final int outputs = file.description().tensors().get(weight).get(1);
        final double[] column = new double[outputs];
        for (int i = 0; i < w.length; i++) {
            column[i % outputs] += Math.abs(w[i]);
        }
        final double most = greatest(file.weights(bias)) + input * greatest(column);
        check(most < LIMIT, weight);
        return most;
    }

    static double greatest(float[] numbers) {
        double most = 0;
        for (float x : numbers) {
            most = Math.max(most, Math.abs(x));
        }
        return most;
    }

    private static double greatest(double[] numbers) {
        double most = 0;
        for (double x : numbers) {
            most = Math.max(most, x);
        }
        return most;
    }

    void check(boolean condition, String tensor) throws CorruptArchiveException {
        if (!condition) {
            throw new CorruptArchiveException("model file: the numbers of tensor " + tensor
                    + " are so large that it may overflow");
        }
    }
}
