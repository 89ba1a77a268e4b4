package org.bbans.model.train;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.bbans.model.ModelSpec;

/**
 * What to train, on what, and for how long.
 *
 * @param spec the architecture
 * @param data an IDX file of records with the model's shape, plain or gzipped
 * @param holdout records at the end of the file that are never looked at, kept as a test part
 * @param validation records before those that are only used to measure, at least 1
 * @param binarise draw two-valued records from 8-bit ones, anew in every epoch: a sample is 1 with probability
 *     value/255
 * @param shift largest shift in each direction that records are moved by at random, in samples; 0 for none
 * @param dropout fraction of the samples that the encoder does not see in a step; the likelihood sees them all. An
 *     encoder that learns the training part by heart finds poor latents for anything else
 * @param batch records in a step
 * @param positions positions of every record that a step looks at, at most the samples of a record
 * @param schedule how long and how fast
 * @param seed of everything random
 * @param out the model file to write
 * @param work folder for checkpoints, continued from if it holds one of the same training; absent for none
 * @param report folder for the report and its pictures; absent for none
 * @param command the command line, for the training record
 */
public record TrainingOptions(ModelSpec spec, Path data, int holdout, int validation, boolean binarise, int shift,
                              double dropout, int batch, int positions, Schedule schedule, long seed, Path out,
                              Optional<Path> work, Optional<Path> report, String command) {

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
        Objects.requireNonNull(data);
        Objects.requireNonNull(out);
        Objects.requireNonNull(work);
        Objects.requireNonNull(report);
        Objects.requireNonNull(command);
        if (holdout < 0 || validation < 1 || shift < 0 || batch < 1) {
            throw new IllegalArgumentException("holdout, validation, shift and batch must not be negative or zero");
        }
        if (positions < 1 || positions > spec.dims()) {
            throw new IllegalArgumentException("positions must be 1 to " + spec.dims() + ", not " + positions);
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException("dropout must be at least 0 and less than 1, not " + dropout);
        }
        if (shift > 0 && spec.shape().size() != 2) {
            throw new IllegalArgumentException("only records of two extents can be shifted");
        }
        if (binarise && spec.levels() != 2) {
            throw new IllegalArgumentException("only a model of two-valued records can be trained on binarised ones");
        }
    }
}
