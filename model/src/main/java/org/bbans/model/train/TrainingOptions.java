package org.bbans.model.train;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.bbans.model.file.ModelFile;
import org.bbans.model.spec.Description;
import org.bbans.model.spec.ModelSpec;

/**
 * What to train, on what, and for how long.
 *
 * @param spec the architecture
 * @param start a model of that architecture whose weights are the first ones; absent for random ones
 * @param records the records, of the model's shape and levels; with binarisation of 256 levels
 * @param parts which of the records are trained on
 * @param variation how records are varied from epoch to epoch
 * @param batch records in a step
 * @param positions pixels of every record that a step looks at; with blocks, all of them;
 *     read for models of the family vae alone
 * @param schedule how long and how fast
 * @param seed of everything random
 * @param threads on how many threads the likelihood is computed; never changes the result
 * @param work folder for checkpoints, continued from if it holds one of the same training; absent for none
 * @param command the command line, for the training record
 */
public record TrainingOptions(Description spec, Optional<ModelFile> start, TrainingRecords records, Parts parts,
        Variation variation, int batch, int positions, Schedule schedule, long seed, int threads,
        Optional<Path> work, String command) {

    /**
     * Which of the records serve what: the first ones are trained on, then come these.
     *
     * @param validation records that are only measured on, at least 1
     * @param holdout records at the end that are never looked at, kept as a test part
     */
    public record Parts(int validation, int holdout) {
        /** Checks the ranges. */
        public Parts {
            if (holdout < 0 || validation < 1) {
                throw new IllegalArgumentException("holdout must not be negative, validation must be positive");
            }
        }
    }

    /**
     * Chance in what a step sees of a record.
     *
     * @param binarise draw two-valued records from 8-bit ones, anew in every epoch: a sample is 1 with probability
     *     value/255
     * @param shift largest shift in each direction that records are moved by at random, in samples; 0 for none
     * @param flip whether half of the records are mirrored, left to right
     * @param dropout fraction of the samples that the encoder does not see in a step; the likelihood sees them all.
     *     An encoder that learns the training part by heart finds poor latents for anything else
     */
    public record Variation(boolean binarise, int shift, boolean flip, double dropout) {
        /** Checks the ranges. */
        public Variation {
            if (shift < 0) {
                throw new IllegalArgumentException("shift must not be negative");
            }
            if (!(dropout >= 0 && dropout < 1)) {
                throw new IllegalArgumentException("dropout must be at least 0 and less than 1, not " + dropout);
            }
        }
    }

    /**
     * Lengths and rates.
     *
     * @param minutes length by the clock; 0 if steps are given
     * @param steps length in steps; 0 if minutes are given
     * @param learningRate Adam's rate at its highest; falls to 0 along half a cosine
     * @param warmup steps over which the rate rises
     * @param klWarmup steps over which the weight of the KL divergence rises to 1
     * @param freeBits bits of each latent, on average over a batch, that cost nothing
     * @param average decay of the moving average of the weights, which is what is exported
     * @param clip largest norm of a gradient
     */
    public record Schedule(double minutes, long steps, double learningRate, int warmup, int klWarmup, double freeBits,
            double average, double clip) {
        /** Checks the ranges. */
        public Schedule {
            if (!(minutes > 0) == !(steps > 0)) {
                throw new IllegalArgumentException("give either the minutes or the steps of a training");
            }
            if (!(learningRate > 0) || warmup < 0 || klWarmup < 0 || !(freeBits >= 0) || !(average >= 0 && average < 1)
                    || !(clip > 0)) {
                throw new IllegalArgumentException("a schedule's numbers are out of range");
            }
        }

        /** How much of it is done, 1 or more at its end. */
        public double fraction(long stepsDone, double seconds) {
            return steps > 0 ? (double) stepsDone / steps : seconds / (60 * minutes);
        }

        /** The learning rate of a step: a linear rise times half a cosine over the whole length. */
        public double rate(long step, double fraction) {
            final double rise = Math.min(1, (step + 1.0) / (warmup + 1));
            return learningRate * rise * 0.5 * (1 + Math.cos(Math.PI * fraction));
        }

        /** The weight of the KL divergence in a step. */
        double klWeight(long step) {
            return Math.min(1, (step + 1.0) / (klWarmup + 1));
        }
    }

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a number is out of range
     */
    public TrainingOptions {
        Objects.requireNonNull(start);
        Objects.requireNonNull(parts);
        Objects.requireNonNull(variation);
        Objects.requireNonNull(work);
        Objects.requireNonNull(command);
        if (!records.shape().equals(spec.shape())) {
            throw new IllegalArgumentException("records of shape " + records.shape() + " do not suit a model of shape "
                    + spec.shape());
        }
        if (records.levels() != (variation.binarise ? 256 : spec.levels())) {
            throw new IllegalArgumentException("records of " + records.levels() + " levels do not suit a model of "
                    + spec.levels() + (variation.binarise ? " and binarisation" : ""));
        }
        if (batch < 1 || threads < 1) {
            throw new IllegalArgumentException("batch and threads must be positive");
        }
        if (spec instanceof ModelSpec model) {
            check(model, start, positions);
        } else if (start.isPresent()) {
            throw new IllegalArgumentException("a training of a model of this family starts from no other");
        }
        if (variation.shift > 0 && spec.shape().size() != 2) {
            throw new IllegalArgumentException("only records of two extents can be shifted");
        }
        if (variation.flip && spec.shape().size() != 2 && spec.shape().size() != 3) {
            throw new IllegalArgumentException("only records of height, width and maybe channels can be mirrored");
        }
        if (variation.binarise && spec.levels() != 2) {
            throw new IllegalArgumentException("only a model of two-valued records can be trained on binarised ones");
        }
        if ((long) batch + parts.validation() + parts.holdout() > records.count()) {
            throw new IllegalArgumentException(records.count() + " records are too few for a training");
        }
    }

    private static void check(ModelSpec spec, Optional<ModelFile> start, int positions) {
        if (start.isPresent() && (start.get().spec().likelihood().palette() > spec.likelihood().palette()
                || !start.get().spec().withName(spec.name()).withPalette(spec.likelihood().palette()).equals(spec))) {
            throw new IllegalArgumentException("the model to start from has another architecture");
        }
        if (positions < 1 || positions > spec.pixels()) {
            throw new IllegalArgumentException("positions must be 1 to " + spec.pixels() + ", not " + positions);
        }
        if (positions < spec.pixels() && spec.likelihood().blocks().isPresent()) {
            throw new IllegalArgumentException("a model with blocks is trained on all positions of a record");
        }
    }

    /** Number of records that are trained on. */
    int trainingRecords() {
        return records.count() - parts.validation() - parts.holdout();
    }
}
