package org.bbans.codec.distribution;

/** The inner loops of {@link Categorical}: row {@code j} has the logits {@code logits[base + j * levels ..]}. */
interface CategoricalKernel {

    void intervals(float[] logits, int base, int[] x, int off, int n, int[] start, int[] freq);

    void search(float[] logits, int base, int[] slot, int off, int n, int[] x, int[] start, int[] freq);
}
