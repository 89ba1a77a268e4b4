package org.bbans.model.train;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.bbans.codec.format.Checksums;
import org.bbans.model.file.ModelFile;
import org.bbans.model.spec.DiffusionSpec;
import org.bbans.model.spec.FlowSpec;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.spec.SdeSpec;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.head.Parameters;

/**
 * Trains a model by stochastic gradient ascent on the ELBO: mini-batches with a random subset of the positions of every
 * record, Adam with a cosine schedule, KL warm-up, and an average of the weights, which is what is exported.
 *
 * <p>Only {@link #stop} may be called by another thread than the one that trains.
 */
public final class Trainer {

    private static final int QUICK_VALIDATION = 1000;
    private static final double REPORT_SECONDS = 10;
    private static final double VALIDATION_SECONDS = 120;

    private final TrainingOptions options;
    private final TrainingListener listener;
    private final Objective objective;
    private final Parameters layout;
    private final TrainingState state;
    private volatile boolean stopped;
    /** Rounded as in the model file; before the end of the training, the averaged weights. */
    private float[] exported;
    private Validation.Score score;

    /**
     * A training before its first step, or before it continues from its checkpoint.
     *
     * @param options what to train
     * @param listener is told of the progress
     */
    public Trainer(TrainingOptions options, TrainingListener listener) {
        this(options, listener, HeadKernels.best());
    }

    Trainer(TrainingOptions options, TrainingListener listener, HeadKernels kernels) {
        this.options = options;
        this.listener = listener;
        objective = objective(options, kernels);
        layout = objective.layout();
        state = new TrainingState(new Adam(options.start().map(layout::flat).orElseGet(objective::first),
                objective.memory(), options.schedule().average(), options.schedule().clip()));
        exported = state.adam.average;
    }

    private static Objective objective(TrainingOptions options, HeadKernels kernels) {
        if (options.spec() instanceof DiffusionSpec diffusion) {
            return new DiffusionObjective(diffusion, options, kernels);
        }
        if (options.spec() instanceof FlowSpec flow) {
            return new FlowObjective(flow, options, kernels);
        }
        if (options.spec() instanceof SdeSpec sde) {
            return new SdeObjective(sde, options, kernels);
        }
        return new ElboObjective((ModelSpec) options.spec(), options, kernels);
    }

    /**
     * Trains until the schedule ends.
     *
     * @return the model, with its training record; empty if the training was stopped
     * @throws java.nio.file.FileSystemException if the checkpoint cannot be written, is damaged, or is another
     *     training's
     */
    public Optional<ModelFile> train() throws IOException {
        return train(Long.MAX_VALUE);
    }

    /** Lets {@link #train} return after the step in hand; with a folder for checkpoints it leaves one. */
    public void stop() {
        stopped = true;
    }

    /** Trains as {@link #train()}, but stops after a step of this number. */
    Optional<ModelFile> train(long lastStep) throws IOException {
        final TrainingOptions.Schedule schedule = options.schedule();
        final Adam adam = state.adam;
        final Optional<Checkpoint> checkpoint = checkpoint();
        // At once: that there is no room for checkpoints should not be learnt minutes later.
        save(checkpoint);
        final double before = state.seconds;
        final long clock = System.nanoTime();
        double reported = before;
        double validated = before;
        if (options.start().isPresent() && adam.steps == 0) {
            // The model as it was stays a candidate.
            measure(0, 0);
        }
        while (true) {
            state.seconds = before + (System.nanoTime() - clock) * 1e-9;
            final double fraction = schedule.fraction(adam.steps, state.seconds);
            if (fraction >= 1) {
                break;
            }
            if (stopped || adam.steps >= lastStep) {
                save(checkpoint);
                return Optional.empty();
            }
            final double rate = schedule.rate(adam.steps, fraction);
            step(rate);
            if (state.seconds - validated >= VALIDATION_SECONDS) {
                validated = state.seconds;
                reported = state.seconds;
                measure(fraction, rate);
                save(checkpoint);
            } else if (state.seconds - reported >= REPORT_SECONDS) {
                reported = state.seconds;
                report(fraction, rate, Double.NaN, Double.NaN);
            }
        }
        // Whoever writes the model may fail: the training is not lost then.
        save(checkpoint);
        final ModelFile model = finish();
        return stopped ? Optional.empty() : Optional.of(model);
    }

    private Optional<Checkpoint> checkpoint() throws IOException {
        if (options.work().isEmpty()) {
            return Optional.empty();
        }
        final Path folder = options.work().get();
        Files.createDirectories(folder);
        final Checkpoint checkpoint = new Checkpoint(folder.resolve(options.spec().name() + ".checkpoint"), identity());
        if (checkpoint.exists()) {
            if (!state.read(checkpoint.read())) {
                throw checkpoint.damaged();
            }
        }
        return Optional.of(checkpoint);
    }

    private void save(Optional<Checkpoint> checkpoint) throws IOException {
        if (checkpoint.isPresent()) {
            checkpoint.get().write(state.toBytes());
        }
    }

    private void step(double rate) {
        final Adam adam = state.adam;
        final double bits = objective.compute(adam.parameters, adam.steps);
        state.trainBits = Double.isNaN(state.trainBits) ? bits
                : state.trainBits + (bits - state.trainBits) * Math.max(0.005, 1.0 / (adam.steps + 1));
        adam.step(objective.gradient(), rate);
    }

    /** Measures the averaged weights, and keeps them if there were no better ones. */
    private void measure(double fraction, double rate) {
        final float[] average = state.adam.average;
        final Validation.Score now = objective.score(average, QUICK_VALIDATION, options.seed());
        report(fraction, rate, now.bitsPerDim(), now.klBits());
        if (now.bitsPerDim() < state.bestValidation) {
            state.bestValidation = now.bitsPerDim();
            System.arraycopy(average, 0, state.best, 0, average.length);
        }
    }

    private void report(double fraction, double rate, double bits, double kl) {
        final TrainingListener.Progress progress = new TrainingListener.Progress(state.adam.steps, fraction,
                state.seconds / 60, rate, state.trainBits, bits, kl);
        state.history.add(progress);
        listener.progress(progress);
    }

    /** Chooses the weights to export, and rounds them. */
    private ModelFile finish() {
        float[] weights = state.adam.average;
        if (state.bestValidation < Double.POSITIVE_INFINITY && validate(state.best) < validate(weights)) {
            weights = state.best;
        }
        exported = layout.flat(layout.file(weights, Optional.empty(), objective.dtype()));
        score = objective.score(exported, objective.validationRecords(), options.seed());
        report(1, 0, score.bitsPerDim(), score.klBits());
        return layout.file(exported, Optional.of(record()), objective.dtype());
    }

    private double validate(float[] weights) {
        return objective.score(weights, objective.validationRecords(), options.seed()).bitsPerDim();
    }

    /** Negative ELBO in bits/dim of what was exported on the validation part, with samples of the latents by a seed. */
    double validate(long seed) {
        return objective.score(exported, objective.validationRecords(), seed).bitsPerDim();
    }

    /**
     * Writes a page with pictures of what the training of an autoencoder or a causal model has come to, once
     * {@link #train} has returned a model.
     *
     * @param folder for the page, {@code index.html}, and its pictures
     */
    public void writeReport(Path folder) throws IOException {
        Report.write(folder, (ModelSpec) options.spec(), layout, exported, objective.data().validation(),
                score.klPerLatent(), state.history,
                String.format(Locale.ROOT,
                        "%d steps in %.1f minutes; negative ELBO on the validation part %.4f bits/dim, "
                                + "of which the latents cost %.2f bits for each record.",
                        state.adam.steps, state.seconds / 60,
                        score.bitsPerDim(), score.klBits()));
    }

    /** What must be the same for a training to be continued. */
    private String identity() {
        return String.join(" ", options.spec().toJson(), options.start().map(s -> hex(s.sha256())).orElse("-"),
                hex(Checksums.sha256(options.records().samples())), options.parts().toString(),
                options.variation().toString(),
                Integer.toString(options.batch()), Integer.toString(options.positions()), options.schedule().toString(),
                Long.toString(options.seed()));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** The training record of the model file, in JSON. */
    private String record() {
        final JsonObject record = new JsonObject();
        record.addProperty("command", options.command());
        options.start().ifPresent(start -> {
            final JsonObject from = new JsonObject();
            from.addProperty("name", start.description().name());
            from.addProperty("sha256", hex(start.sha256()));
            record.add("from", from);
        });
        record.addProperty("data", options.records().label());
        record.addProperty("dataSha256", options.records().sha256());
        record.addProperty("records", objective.data().records());
        record.addProperty("validationRecords", objective.validationRecords());
        record.addProperty("heldOutRecords", options.parts().holdout());
        record.addProperty("seed", options.seed());
        record.addProperty("steps", state.adam.steps);
        record.addProperty("epochs",
                round((double) state.adam.steps / (objective.data().records() / options.batch()), 2));
        if (options.spec() instanceof ModelSpec spec) {
            record.addProperty("samplesPerRecord", options.positions() * spec.channels());
        }
        record.addProperty("minutes", round(state.seconds / 60, 2));
        record.addProperty("validationBitsPerDim", round(score.bitsPerDim(), 5));
        record.addProperty("validationKlBitsPerRecord", round(score.klBits(), 3));
        if (options.spec() instanceof ModelSpec spec && spec.latents() > 0) {
            record.addProperty("latentsInUse", Arrays.stream(score.klPerLatent()).filter(Report::isInUse).count());
        }
        return record.toString();
    }

    private static double round(double x, int digits) {
        final double scale = Math.pow(10, digits);
        return Math.round(x * scale) / scale;
    }
}
