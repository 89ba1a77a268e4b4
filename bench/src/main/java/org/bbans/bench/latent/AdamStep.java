package org.bbans.bench.latent;

/** Adam. */
final class AdamStep {

    /** How much of the mean gradient is kept from step to step, of what is trained and fitted. */
    static final double MEAN = 0.9;

    private static final double SQUARE = 0.99;
    private static final double EPSILON = 1e-8;

    private final double mean;
    private final double[] first;
    private final double[] second;
    private double meanBias = 1;
    private double squareBias = 1;

    AdamStep(int size, double mean) {
        this.mean = mean;
        first = new double[size];
        second = new double[size];
    }

    /** Changes the first parameters, as many as this is for. */
    void take(double[] p, double[] gradient, double rate) {
        meanBias *= mean;
        squareBias *= SQUARE;
        for (int i = 0; i < first.length; i++) {
            final double g = gradient[i];
            first[i] = mean * first[i] + (1 - mean) * g;
            second[i] = SQUARE * second[i] + (1 - SQUARE) * g * g;
            p[i] -= rate * first[i] / (1 - meanBias) / (Math.sqrt(second[i] / (1 - squareBias)) + EPSILON);
        }
    }
}
