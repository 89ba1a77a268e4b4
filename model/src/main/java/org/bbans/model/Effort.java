package org.bbans.model;

import java.util.Comparator;
import java.util.List;
import org.bbans.model.image.ImageCodec;

/** How hard {@code compress} tries. */
public enum Effort {

    /** The fastest model whose archive is not much larger than the smallest; nothing else is tried beside it. */
    FAST(16, 1.25, 0.02),
    /** The fastest model that comes close to the smallest. */
    BALANCED(100, 1.125, 0.01),
    /** The model of the smallest archive, however slow. */
    BEST(1000, 1, -0.004);

    /** Records that every model is tried on. */
    private final int sampleRecords;
    /** How many times the smallest archive's size a faster model's may be. */
    private final double limit;
    /** What adaptive counts must gain on a part of an image that is tried. */
    private final double countsGain;

    Effort(int sampleRecords, double limit, double countsGain) {
        this.sampleRecords = sampleRecords;
        this.limit = limit;
        this.countsGain = countsGain;
    }

    public int sampleRecords() {
        return sampleRecords;
    }

    /** Whether every block is coded with LZMA2 as well where the model may lose to it. */
    public boolean triesXz() {
        return this != FAST;
    }

    /** Whether models turn the records that they code and go on learning from them, if they can and if that pays. */
    public boolean isThorough() {
        return this == BEST;
    }

    /** An image model that leaves out its adaptive counts where they gain too little for this effort. */
    public ImageCodec applied(ImageCodec images) {
        return images.withLeastGainOfCounts(countsGain);
    }

    /** Of the trials within the limit the one with the fewest multiply-adds, of these the smallest. */
    public ModelChooser.Trial choose(List<ModelChooser.Trial> trials) {
        double smallest = trials.stream().mapToDouble(ModelChooser.Trial::bytes).min().orElseThrow();
        return trials.stream().filter(t -> t.bytes() <= limit * smallest)
                .min(Comparator.comparingLong((ModelChooser.Trial t) -> t.fit().model().description().multiplyAdds())
                        .thenComparingDouble(ModelChooser.Trial::bytes))
                .orElseThrow();
    }
}
