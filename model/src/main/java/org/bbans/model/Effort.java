package org.bbans.model;

import java.util.Comparator;
import java.util.List;

/** How hard {@code compress} tries. */
public enum Effort {

    /** The fastest model whose archive is not much larger than the smallest; nothing else is tried beside it. */
    FAST(16, 1.25),
    /** The fastest model that comes close to the smallest. */
    BALANCED(100, 1.125),
    /** The model of the smallest archive, however slow. */
    BEST(1000, 1);

    /** Records that every model is tried on. */
    private final int sampleRecords;
    /** How many times the smallest archive's size a faster model's may be. */
    private final double limit;

    Effort(int sampleRecords, double limit) {
        this.sampleRecords = sampleRecords;
        this.limit = limit;
    }

    public int sampleRecords() {
        return sampleRecords;
    }

    /** Whether every block is coded with LZMA2 as well where the model may lose to it. */
    public boolean triesXz() {
        return this != FAST;
    }

    /** Whether models go on learning from the records that they code, if they can and if that pays. */
    public boolean learns() {
        return this == BEST;
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
