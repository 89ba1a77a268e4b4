package org.bbans.model.train;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.bbans.model.file.ModelFile;
import org.bbans.model.spec.ModelSpec;

/**
 * What to train, on what, and for how long.
 *
 * @param spec the architecture
 * @param start a model of that architecture whose weights are the first ones; absent for random ones
 * @param data the records
 * @param variation how records are varied from epoch to epoch
 * @param batch records in a step
 * @param positions pixels of every record that a step looks at; with blocks, all of them
 * @param schedule how long and how fast
 * @param seed of everything random
 * @param threads on how many threads the likelihood's head is computed; never changes the result
 * @param out the model file to write
 * @param work folder for checkpoints, continued from if it holds one of the same training; absent for none
 * @param report folder for the report and its pictures; absent for none
 * @param command the command line, for the training record
 */
public record TrainingOptions(ModelSpec spec, Optional<ModelFile> start, Source data, Variation variation, int batch,
                              int positions, Schedule schedule, long seed, int threads, Path out,
                              Optional<Path> work, Optional<Path> report, String command) {

    /**
     * Records to train on.
     *
     * @param file an IDX file of records with the model's shape, plain or gzipped
     * @param label what the training record calls the file that the records come from
     * @param sha256 of the file that the records come from, in hexadecimal, for the training record
     * @param holdout records at the end of the file that are never looked at, kept as a test part
     * @param validation records before those that are only used to measure, at least 1
     */
    public record Source(Path file, String label, String sha256, int holdout, int validation) {
        /** Checks the ranges. */
        public Source {
            Objects.requireNonNull(file);
            Objects.requireNonNull(label);
            Objects.requireNonNull(sha256);
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
    }

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a number is out of range
     */
    public TrainingOptions {
        Objects.requireNonNull(start);
        Objects.requireNonNull(data);
        Objects.requireNonNull(variation);
        Objects.requireNonNull(out);
        Objects.requireNonNull(work);
        Objects.requireNonNull(report);
        Objects.requireNonNull(command);
        if (start.isPresent() && (start.get().spec().likelihood().palette() > spec.likelihood().palette()
            || !start.get().spec().withName(spec.name()).withPalette(spec.likelihood().palette()).equals(spec))) {
            throw new IllegalArgumentException("the model to start from has another architecture");
        }
        if (batch < 1 || threads < 1) {
            throw new IllegalArgumentException("batch and threads must be positive");
        }
        if (positions < 1 || positions > spec.pixels()) {
            throw new IllegalArgumentException("positions must be 1 to " + spec.pixels() + ", not " + positions);
        }
        if (positions < spec.pixels() && spec.likelihood().blocks().isPresent()) {
            throw new IllegalArgumentException("a model with blocks is trained on all positions of a record");
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
    }
}
