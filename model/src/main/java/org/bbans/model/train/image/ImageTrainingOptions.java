package org.bbans.model.train.image;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.bbans.model.image.ImageCodec;
import org.bbans.model.image.ImageShape;
import org.bbans.model.spec.SpecChecks;
import org.bbans.model.train.TrainingOptions;

/**
 * What model of images to train, on what, and for how long.
 *
 * @param name the model's name
 * @param shape its sizes
 * @param start a model of these sizes whose weights are the first ones; absent for random ones
 * @param images what it is trained and measured on
 * @param label what the images lie in, for the training record
 * @param flip whether half of the crops are mirrored, left to right
 * @param schedule how long and how fast; KL warm-up, free bits and the norm of a gradient mean nothing here
 * @param seed of everything random
 * @param threads at work; never changes the result
 * @param work folder for checkpoints, continued from if it holds one of the same training; absent for none
 * @param command the command line, for the training record
 */
public record ImageTrainingOptions(String name, ImageShape shape, Optional<ImageCodec> start, ImageSet images,
        String label, boolean flip, TrainingOptions.Schedule schedule, long seed, int threads, Optional<Path> work,
        String command) {

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if the name or a number is out of range, or the first model has other sizes
     */
    public ImageTrainingOptions {
        SpecChecks.name(name);
        Objects.requireNonNull(images);
        Objects.requireNonNull(label);
        Objects.requireNonNull(schedule);
        Objects.requireNonNull(work);
        Objects.requireNonNull(command);
        if (start.isPresent() && !start.get().model().shape().equals(shape)) {
            throw new IllegalArgumentException("the model to start from has other sizes");
        }
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be positive");
        }
    }
}
