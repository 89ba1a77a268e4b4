package org.bbans.bench.latent;

/** Adam with the constants that the coder learns with. */
final class AdamStep {

    private static final double MEAN = 0.9;
    private static final double SQUARE = 0.99;
    private static final double EPSILON = 1e-8;

    private final double[] first;
    private final double[] second;
    private double meanBias = 1;
    private double squareBias = 1;

    AdamStep(int size) {
        first = new double[size];
        second = new double[size];
    }

    /** Changes the first parameters, as many as this is for. */
    void take(double[] p, double[] gradient, double rate) {
        meanBias *= MEAN;
        squareBias *= SQUARE;
        for (int i = 0; i < first.length; i++) {
            final double g = gradient[i];
            first[i] = MEAN * first[i] + (1 - MEAN) * g;
            second[i] = SQUARE * second[i] + (1 - SQUARE) * g * g;
            p[i] -= rate * first[i] / (1 - meanBias) / (Math.sqrt(second[i] / (1 - squareBias)) + EPSILON);
        }
    }
}
