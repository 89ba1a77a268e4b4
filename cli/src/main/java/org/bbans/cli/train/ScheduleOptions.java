package org.bbans.cli.train;

import java.util.Set;
import org.bbans.model.spec.Description;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.train.TrainingOptions;
import picocli.CommandLine.Option;

/** The options of {@code bbans train} that say how the steps of a training are taken. */
public final class ScheduleOptions extends OpenOptions {

    private static final Set<String> OF_IMAGES = Set.of("--flip", "--rate", "--warmup", "--average");

    @Option(names = "--binarise", arity = "0..1", fallbackValue = "true", paramLabel = "BOOL",
            description = "Draw two-valued records from grey ones, anew in every epoch.")
    Boolean binarise;

    @Option(names = "--shift", description = "Move records by up to so many samples at random.")
    Integer shift;

    @Option(names = "--flip", arity = "0..1", fallbackValue = "true", paramLabel = "BOOL",
            description = "Mirror half of the records, left to right.")
    Boolean flip;

    @Option(names = "--dropout",
            description = "Fraction of the samples that the encoder does not see.")
    Double dropout;

    @Option(names = "--batch", description = "Records in a step.")
    Integer batch;

    @Option(names = "--positions", paramLabel = "N",
            description = "Pixels of each record that a step looks at; with --blocks, all of them.")
    Integer positions;

    @Option(names = "--rate", description = "Learning rate.")
    Double rate;

    @Option(names = "--warmup", paramLabel = "STEPS",
            description = "Steps over which the rate rises.")
    Integer warmup;

    @Option(names = "--kl-warmup", paramLabel = "STEPS",
            description = "Steps over which the weight of the KL divergence rises.")
    Integer klWarmup;

    @Option(names = "--free-bits", paramLabel = "BITS",
            description = "Bits of each latent, on average over a step's records, that cost nothing: a latent below "
                    + "that has nothing to gain from collapsing to its prior (default: 0).")
    Double freeBits;

    @Option(names = "--average", description = "Decay of the average of the weights (default: 0.9995).")
    Double average;

    @Option(names = "--clip", paramLabel = "NORM",
            description = "Largest norm of a gradient (default: 1).")
    Double clip;

    /** What is used where neither the user nor a preset chooses. */
    private static ScheduleOptions defaults() {
        ScheduleOptions o = new ScheduleOptions();
        o.binarise = false;
        o.shift = 0;
        o.flip = false;
        o.dropout = 0.0;
        o.batch = 64;
        o.positions = 128;
        o.rate = 0.006;
        o.warmup = 300;
        o.klWarmup = 2000;
        o.freeBits = 0.0;
        o.average = 0.9995;
        o.clip = 1.0;
        return o;
    }

    /**
     * Fills what the user has left open, for a model of images.
     *
     * @throws IllegalArgumentException if an option means nothing for such a model
     */
    public void completeImages(ScheduleOptions preset) {
        given().stream().filter(option -> !OF_IMAGES.contains(option)).findFirst().ifPresent(option -> {
            throw new IllegalArgumentException(option + " does not go with a model of images");
        });
        fill(preset);
        fill(defaults());
    }

    /** Whether crops of images are mirrored. */
    public boolean flips() {
        return flip;
    }

    /** Whether the user wants two-valued records drawn from grey ones; no preset chooses that. */
    public boolean binarise() {
        return Boolean.TRUE.equals(binarise);
    }

    /**
     * Fills what the user has left open, from a preset and with defaults; a step has no more records than there are.
     *
     * @param records to train on
     */
    public void complete(ScheduleOptions preset, int records) {
        boolean open = batch == null;
        fill(preset);
        fill(defaults());
        if (open) {
            batch = Math.max(1, Math.min(batch, records));
        }
    }

    /** Records in a step. */
    public int batch() {
        return batch;
    }

    /** Pixels of each record that a step looks at; 1 where no loss is over pixels. */
    public int positions(Description description) {
        if (!(description instanceof ModelSpec model)) {
            return 1;
        }
        return model.likelihood().blocks().isPresent() ? model.pixels() : Math.min(positions, model.pixels());
    }

    /** The chance in what a step sees. */
    public TrainingOptions.Variation variation() {
        return new TrainingOptions.Variation(binarise, shift, flip, dropout);
    }

    /** Lengths and rates of a training of so many minutes or steps. */
    public TrainingOptions.Schedule schedule(double minutes, long steps) {
        return new TrainingOptions.Schedule(minutes, steps, rate, warmup, klWarmup, freeBits, average, clip);
    }
}
