package org.bbans.codec.distribution;

/** The inner loops of {@link GaussianBuckets}: row {@code j} has {@code mean[base + j]} and {@code sigma[base + j]}. */
interface GaussianKernel {

    void intervals(float[] mean, float[] sigma, int base, int[] x, int off, int n, int[] start, int[] freq);

    void search(float[] mean, float[] sigma, int base, int[] slot, int off, int n, int[] x, int[] start, int[] freq);
}
