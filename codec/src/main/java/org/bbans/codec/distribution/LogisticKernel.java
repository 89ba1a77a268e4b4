package org.bbans.codec.distribution;

/** The inner loops of {@link LogisticMixture}: row {@code j} has {@code parameters[..][j]}. */
interface LogisticKernel {

    void intervals(float[][] parameters, int[] x, int off, int n, int[] start, int[] freq);

    void search(float[][] parameters, int[] slot, int off, int n, int[] x, int[] start, int[] freq);
}
