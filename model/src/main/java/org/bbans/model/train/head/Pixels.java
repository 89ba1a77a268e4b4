package org.bbans.model.train.head;

/**
 * The pixels of one record that are looked at.
 *
 * @param canvas holds the record
 * @param positions the pixels
 * @param count how many of the positions, from the first on
 * @param features their features, {@code [count][features]} from {@code offset} on
 * @param offset of the first pixel's features
 * @param gradient receives the gradient by the features at the same places; null if no gradients are wanted
 * @param scale factor of the gradients
 */
record Pixels(Canvas canvas, int[] positions, int count, float[] features, int offset, float[] gradient, float scale) {

    boolean wantsGradient() {
        return gradient != null;
    }
}
