package org.bbans.codec;

/** The inner loops of {@link LogisticMixture}: row {@code j} has the parameters {@code [base + j * components ..]}. */
interface LogisticKernel {

    void intervals(float[] logits, float[] means, float[] scales, int base, int[] x, int off, int n,
                   int[] start, int[] freq);

    void search(float[] logits, float[] means, float[] scales, int base, int[] slot, int off, int n,
                int[] x, int[] start, int[] freq);
}
