package org.bbans.model.train.head;

/**
 * Some records, the pixels of them that are looked at, and what the decoder says about these.
 *
 * @param records levels, {@code [images][dims]}
 * @param images number of records
 * @param positions pixels without repeats, the same of every record; all of them in order if the head has blocks
 * @param features of the pixels, {@code [images][positions][features]}
 */
public record HeadBatch(byte[] records, int images, int[] positions, float[] features) {}
