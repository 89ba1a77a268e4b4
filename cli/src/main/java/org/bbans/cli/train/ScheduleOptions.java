package org.bbans.cli.train;

import org.bbans.model.spec.ModelSpec;
import org.bbans.model.train.TrainingOptions;
import picocli.CommandLine.Option;

/** The options of {@code bbans train} that say how the steps of a training are taken. */
public final class ScheduleOptions {

    @Option(names = "--binarise", arity = "0..1", fallbackValue = "true", defaultValue = "false", paramLabel = "BOOL",
            description = "Draw two-valued records from grey ones, anew in every epoch.")
    private boolean binarise;

    @Option(names = "--shift", defaultValue = "0", description = "Move records by up to so many samples at random.")
    private int shift;

    @Option(names = "--flip", arity = "0..1", fallbackValue = "true", defaultValue = "false", paramLabel = "BOOL",
            description = "Mirror half of the records, left to right.")
    private boolean flip;

    @Option(names = "--dropout", defaultValue = "0",
            description = "Fraction of the samples that the encoder does not see.")
    private double dropout;

    @Option(names = "--batch", defaultValue = "64", description = "Records in a step.")
    private int batch;

    @Option(names = "--positions", defaultValue = "128", paramLabel = "N",
            description = "Pixels of each record that a step looks at; with --blocks, all of them.")
    private int positions;

    @Option(names = "--rate", defaultValue = "0.006", description = "Learning rate.")
    private double rate;

    @Option(names = "--warmup", defaultValue = "300", paramLabel = "STEPS",
            description = "Steps over which the rate rises.")
    private int warmup;

    @Option(names = "--kl-warmup", defaultValue = "2000", paramLabel = "STEPS",
            description = "Steps over which the weight of the KL divergence rises.")
    private int klWarmup;

    @Option(names = "--free-bits", defaultValue = "0", paramLabel = "BITS",
            description = "Bits of each latent, on average over a step's records, that cost nothing: a latent below "
                + "that has nothing to gain from collapsing to its prior (default: ${DEFAULT-VALUE}).")
    private double freeBits;

    @Option(names = "--average", defaultValue = "0.9995", description = "Decay of the average of the weights "
            + "(default: ${DEFAULT-VALUE}).")
    private double average;

    @Option(names = "--clip", defaultValue = "1", paramLabel = "NORM",
            description = "Largest norm of a gradient (default: ${DEFAULT-VALUE}).")
    private double clip;

    public boolean binarise() {
        return binarise;
    }

    /** Records in a step. */
    public int batch() {
        return batch;
    }

    /** Pixels of each record that a step looks at. */
    public int positions(ModelSpec model) {
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
