package org.bbans.model.path;

import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.file.ModelFile;

/** Bounds of what a model's layers can give, by sums of magnitudes: none may be so large that a record overflows. */
final class WeightBound {

    /** No activation may be able to exceed it: far from overflow, so no input can produce an infinity or a NaN. */
    private static final double LIMIT = 0x1p100;

    private final ModelFile file;

    WeightBound(ModelFile file) {
        this.file = file;
    }

    /**
     * The greatest magnitude that an output of a layer can have.
     *
     * @param input that of its inputs
     */
    double grow(String weight, String bias, double input) throws CorruptArchiveException {
        final float[] w = file.weights(weight);
        final int outputs = file.description().tensors().get(weight).get(1);
        final double[] column = new double[outputs];
        for (int i = 0; i < w.length; i++) {
            column[i % outputs] += Math.abs(w[i]);
        }
        double most = 0;
        for (double c : column) {
            most = Math.max(most, c);
        }
        most = greatest(bias) + input * most;
        check(most, LIMIT, weight);
        return most;
    }

    /** The greatest magnitude of a tensor's numbers. */
    double greatest(String tensor) {
        double most = 0;
        for (float x : file.weights(tensor)) {
            most = Math.max(most, Math.abs(x));
        }
        return most;
    }

    /** Refuses a model with a magnitude above a limit. */
    void check(double magnitude, double limit, String tensor) throws CorruptArchiveException {
        // Nor a NaN.
        if (!(magnitude <= limit)) {
            throw new CorruptArchiveException("model file: the numbers of tensor " + tensor
                    + " are so large that it may overflow");
        }
    }

    /** Refuses a model with a sum of layers above the limit. */
    void check(double magnitude, String tensor) throws CorruptArchiveException {
        check(magnitude, LIMIT, tensor);
    }
}
