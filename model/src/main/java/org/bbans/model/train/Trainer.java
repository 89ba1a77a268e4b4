package org.bbans.model.train;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bbans.model.file.ModelFile;
import org.bbans.model.file.Safetensors;
import org.bbans.model.spec.ModelSpec;

/**
 * Trains a model by stochastic gradient ascent on the ELBO: mini-batches with a random subset of the positions of every
 * record, Adam with a cosine schedule, KL warm-up, and an average of the weights, which is what is exported.
 *
 * <p>Whatever is random in a step depends on the seed and the step alone, so a training that was resumed takes the same
 * steps as one that was never interrupted.
 */
public final class Trainer {

    private static final double LN2 = Math.log(2);
    /** Adam's memory of squared gradients: shorter where a step sees whole records, so that they have less noise. */
    private static final double STEADY = 0.99;
    private static final double NOISY = 0.999;
    private static final int EVALUATION_BATCH = 50;
    private static final int QUICK_VALIDATION = 1000;
    private static final double REPORT_SECONDS = 10;
    private static final double VALIDATION_SECONDS = 120;

    private final TrainingOptions options;
    private final TrainingListener listener;
    private final ModelSpec spec;
    private final Parameters layout;
    private final TrainingData data;
    private final HeadGradient head;
    private final VaeGraph graph;
    private final VaeGraph evaluation;
    private final Adam adam;
    private final byte[] records;
    private final float[] x01;
    private final float[] eps;
    private final float[] features;
    private final float[] featureGradient;
    private final float[] gradient;
    private final int[] order;
    private final int[] everywhere;
    private final int[] shuffled;
    private final int[] positions;
    private final double[] klPerLatent;
    private final List<TrainingListener.Progress> history = new ArrayList<>();
    private long orderEpoch = -1;
    private double seconds;
    /** Records behind the sums in klPerLatent. */
    private int measured;
    private double train = Double.NaN;
    /** The averaged weights that did best on the validation part so far: what is exported if later ones over-fit. */
    private final float[] best;
    /** Rounded as in the model file; before the end of the training, the averaged weights. */
    private float[] exported;
    private double bestValidation = Double.POSITIVE_INFINITY;

    Trainer(TrainingOptions options, TrainingListener listener, HeadKernels kernels) throws IOException {
        this.options = options;
        this.listener = listener;
        spec = options.spec();
        layout = new Parameters(spec);
        data = TrainingData.read(options);
        if (data.records() < options.batch()) {
            throw new IOException(options.data().file() + ": fewer records than a batch");
        }
        head = new HeadGradient(spec, layout, kernels, options.threads());
        final int dims = spec.dims();
        final boolean latents = spec.latents() > 0;
        graph = latents ? new VaeGraph(spec, layout, options.batch(), options.positions()) : null;
        evaluation = latents ? new VaeGraph(spec, layout, EVALUATION_BATCH, spec.pixels()) : null;
        final float[] start = options.start().map(this::flat).orElseGet(() ->
            Initialiser.weights(spec, layout, data.histogram(spec.levels()), options.seed()));
        adam = new Adam(start, spec.likelihood().blocks().isPresent() ? STEADY : NOISY, options.schedule().average(),
            options.schedule().clip());
        exported = adam.average;
        records = new byte[options.batch() * dims];
        x01 = new float[Math.max(options.batch(), EVALUATION_BATCH) * dims];
        eps = new float[Math.max(options.batch(), EVALUATION_BATCH) * spec.latents()];
        features = new float[options.batch() * options.positions() * spec.features()];
        featureGradient = new float[features.length];
        gradient = new float[layout.size()];
        best = new float[layout.size()];
        order = new int[data.records()];
        everywhere = new int[spec.pixels()];
        Arrays.setAll(everywhere, i -> i);
        shuffled = everywhere.clone();
        positions = new int[options.positions()];
        klPerLatent = new double[spec.latents()];
    }

    /**
     * Trains and writes the model file.
     *
     * @param options what to train
     * @param listener hears of the progress
     * @return the model, with its training record
     * @throws IOException if the data cannot be used or a file cannot be written
     */
    public static ModelFile run(TrainingOptions options, TrainingListener listener) throws IOException {
        return new Trainer(options, listener, HeadKernels.best()).train(Long.MAX_VALUE).orElseThrow();
    }

    /**
     * Runs until the schedule ends.
     *
     * @param lastStep stop here and leave a checkpoint instead; the model is absent then
     */
    Optional<ModelFile> train(long lastStep) throws IOException {
        final TrainingOptions.Schedule schedule = options.schedule();
        final Optional<Path> checkpoint = options.work().map(w -> w.resolve(spec.name() + ".checkpoint"));
        if (checkpoint.isPresent()) {
            resume(checkpoint.get());
        }
        final double before = seconds;
        final long clock = System.nanoTime();
        double reported = before;
        double validated = before;
        if (options.start().isPresent() && adam.steps == 0) {
            // The model as it was stays a candidate.
            measure(0, 0);
        }
        while (true) {
            seconds = before + (System.nanoTime() - clock) * 1e-9;
            final double fraction = schedule.steps() > 0 ? (double) adam.steps / schedule.steps()
                : seconds / (60 * schedule.minutes());
            if (fraction >= 1) {
                break;
            }
            if (adam.steps >= lastStep) {
                save(checkpoint.orElseThrow());
                return Optional.empty();
            }
            final double rise = Math.min(1, (adam.steps + 1.0) / (schedule.warmup() + 1));
            final double rate = schedule.learningRate() * rise * 0.5 * (1 + Math.cos(Math.PI * fraction));
            step(rate);
            if (seconds - validated >= VALIDATION_SECONDS) {
                validated = seconds;
                reported = seconds;
                measure(fraction, rate);
                if (checkpoint.isPresent()) {
                    save(checkpoint.get());
                }
            } else if (seconds - reported >= REPORT_SECONDS) {
                reported = seconds;
                report(fraction, rate, Double.NaN, Double.NaN);
            }
        }
        float[] weights = adam.average;
        double[] v = validate(weights, data.validationRecords());
        if (bestValidation < Double.POSITIVE_INFINITY && validate(best, data.validationRecords())[0] < v[0]) {
            weights = best;
        }
        exported = rounded(weights);
        v = validate(exported, data.validationRecords());
        report(1, 0, v[0], v[1]);
        final ModelFile model = export(exported, Optional.of(record(v[0], v[1])));
        Checkpoint.writeAtomically(options.out(), model.toBytes());
        if (options.report().isPresent()) {
            final double[] klBits = Arrays.stream(klPerLatent).map(k -> k / measured / LN2).toArray();
            Report.write(options.report().get(), spec, layout, exported, data.validation(), klBits, history,
                String.format(Locale.ROOT, "%d steps in %.1f minutes; negative ELBO on the validation part %.4f "
                    + "bits/dim, of which the latents cost %.2f bits for each record.", adam.steps, seconds / 60, v[0],
                    v[1]));
        }
        return Optional.of(model);
    }

    /** Measures the averaged weights, and keeps them if there were no better ones. */
    private void measure(double fraction, double rate) {
        final double[] v = validate(adam.average, QUICK_VALIDATION);
        report(fraction, rate, v[0], v[1]);
        if (v[0] < bestValidation) {
            bestValidation = v[0];
            System.arraycopy(adam.average, 0, best, 0, best.length);
        }
    }

    private void resume(Path checkpoint) throws IOException {
        Files.createDirectories(checkpoint.toAbsolutePath().getParent());
        if (Files.exists(checkpoint)) {
            final Checkpoint c = Checkpoint.read(checkpoint, identity(), adam, best);
            seconds = c.seconds();
            train = c.trainBits();
            bestValidation = c.bestValidation();
            history.addAll(c.history());
        }
    }

    private void save(Path checkpoint) throws IOException {
        new Checkpoint(identity(), seconds, train, bestValidation, history).write(checkpoint, adam, best);
    }

    /** What must be the same for a training to be continued. */
    private String identity() {
        return String.join(" ", spec.toJson(), options.start().map(Trainer::sha256).orElse("-"),
            data.sha256(), Integer.toString(options.data().holdout()),
            Integer.toString(options.data().validation()), options.variation().toString(),
            Integer.toString(options.batch()),
            Integer.toString(options.positions()), options.schedule().toString(), Long.toString(options.seed()));
    }

    private void report(double fraction, double rate, double validation, double kl) {
        final TrainingListener.Progress progress =
            new TrainingListener.Progress(adam.steps, fraction, seconds / 60, rate, train, validation, kl);
        history.add(progress);
        listener.progress(progress);
    }

    private void step(double rate) {
        final int batch = options.batch();
        final int dims = spec.dims();
        final SplittableRandom random = new SplittableRandom(mix(options.seed(), adam.steps));
        drawBatch(random);
        drawPositions(random);
        Arrays.fill(gradient, 0);
        double kl = 0;
        if (graph != null) {
            toX01(records, batch * dims, spec.levels());
            dropOut(random, batch * dims);
            normal(random, eps, batch * spec.latents());
            graph.load(adam.parameters, positions);
            kl = graph.features(x01, eps, features, klPerLatent);
        }
        head.load(adam.parameters);
        // The loss is in nats for each sample, so that its size does not depend on the records' size.
        final int rows = batch * positions.length * spec.channels();
        final double nats = head.gradient(adam.parameters, records, batch, positions, features, featureGradient,
            gradient, 1f / rows);
        if (graph != null) {
            final double weight = Math.min(1, (adam.steps + 1.0) / (options.schedule().klWarmup() + 1));
            graph.gradient(featureGradient, (float) (weight / dims), (float) (options.schedule().freeBits() * LN2),
                positions, gradient);
        }
        final double bits = (nats / rows + kl / batch / dims) / LN2;
        train = Double.isNaN(train) ? bits : train + (bits - train) * Math.max(0.005, 1.0 / (adam.steps + 1));
        adam.step(gradient, rate);
    }

    /** The records of this step: epoch by epoch in a random order each. */
    private void drawBatch(SplittableRandom random) {
        final int batches = data.records() / options.batch();
        final long epoch = adam.steps / batches;
        if (epoch != orderEpoch) {
            orderEpoch = epoch;
            Arrays.setAll(order, i -> i);
            final SplittableRandom shuffle = new SplittableRandom(mix(~options.seed(), epoch));
            shuffle(order, order.length, shuffle);
        }
        final int first = (int) (adam.steps % batches) * options.batch();
        for (int b = 0; b < options.batch(); b++) {
            data.draw(order[first + b], records, b * spec.dims(), random);
        }
    }

    private void drawPositions(SplittableRandom random) {
        System.arraycopy(everywhere, 0, shuffled, 0, shuffled.length);
        shuffle(shuffled, positions.length, random);
        System.arraycopy(shuffled, 0, positions, 0, positions.length);
        Arrays.sort(positions);
    }

    /** Fisher-Yates, stopped when the first n are drawn. */
    private static void shuffle(int[] a, int n, SplittableRandom random) {
        for (int i = 0; i < n && i < a.length - 1; i++) {
            final int j = i + random.nextInt(a.length - i);
            final int t = a[i];
            a[i] = a[j];
            a[j] = t;
        }
    }

    private void toX01(byte[] levels, int n, int count) {
        final float top = count - 1;
        for (int i = 0; i < n; i++) {
            x01[i] = (levels[i] & 0xff) / top;
        }
    }

    private void dropOut(SplittableRandom random, int n) {
        final double dropout = options.variation().dropout();
        if (dropout > 0) {
            // What stays grows, so that sums stay as large on average as they are without dropout.
            final float kept = (float) (1 / (1 - dropout));
            for (int i = 0; i < n; i++) {
                x01[i] = random.nextDouble() < dropout ? 0 : x01[i] * kept;
            }
        }
    }

    private static void normal(SplittableRandom random, float[] to, int n) {
        for (int i = 0; i < n; i += 2) {
            // Box and Muller
            final double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
            final double angle = 2 * Math.PI * random.nextDouble();
            to[i] = (float) (radius * Math.cos(angle));
            if (i + 1 < n) {
                to[i + 1] = (float) (radius * Math.sin(angle));
            }
        }
    }

    private static long mix(long seed, long n) {
        return (seed + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L + n * 0x94D049BB133111EBL;
    }

    /** Negative ELBO in bits/dim, and KL in bits for each record, of some weights on some validation records. */
    private double[] validate(float[] weights, int limit) {
        return validate(weights, limit, options.seed());
    }

    /** Negative ELBO on the validation part in bits/dim of what was exported, with other samples of the latents. */
    double validate(long seed) {
        return validate(exported, data.validationRecords(), seed)[0];
    }

    private double[] validate(float[] weights, int limit, long seed) {
        final int dims = spec.dims();
        final int n = Math.max(1, Math.min(limit, data.validationRecords()));
        final float[] all = new float[EVALUATION_BATCH * spec.pixels() * spec.features()];
        final byte[] chunk = new byte[EVALUATION_BATCH * dims];
        final SplittableRandom random = new SplittableRandom(seed);
        if (evaluation != null) {
            evaluation.load(weights, everywhere);
        }
        head.load(weights);
        Arrays.fill(klPerLatent, 0);
        double nats = 0;
        double kl = 0;
        int counted = 0;
        while (counted < n) {
            // The last batch is filled up with records from the beginning, so that every batch has the same size.
            for (int b = 0; b < EVALUATION_BATCH; b++) {
                final int record = (counted + b) % data.validationRecords();
                System.arraycopy(data.validation(), record * dims, chunk, b * dims, dims);
            }
            if (evaluation != null) {
                toX01(chunk, chunk.length, spec.levels());
                normal(random, eps, EVALUATION_BATCH * spec.latents());
                kl += evaluation.features(x01, eps, all, klPerLatent);
            }
            nats += head.value(weights, chunk, EVALUATION_BATCH, everywhere, all);
            counted += EVALUATION_BATCH;
        }
        measured = counted;
        return new double[] {(nats + kl) / counted / dims / LN2, kl / counted / LN2};
    }

    private float[] rounded(float[] weights) {
        return flat(export(weights, Optional.empty()));
    }

    /** The weights of a model of this layout; if its palette is smaller, those of outputs that it lacks are zero. */
    private float[] flat(ModelFile file) {
        final float[] weights = new float[layout.size()];
        for (String name : layout.names()) {
            final int to = width(layout.shape(name));
            final int from = width(file.spec().tensors().get(name));
            final float[] values = file.weights(name);
            for (int row = 0; row < values.length / from; row++) {
                System.arraycopy(values, row * from, weights, layout.offset(name) + row * to, from);
            }
        }
        return weights;
    }

    private static int width(List<Integer> shape) {
        return shape.get(shape.size() - 1);
    }

    private static String sha256(ModelFile file) {
        return HexFormat.of().formatHex(file.sha256());
    }

    private ModelFile export(float[] chosen, Optional<String> training) {
        final Map<String, float[]> weights = new LinkedHashMap<>();
        for (String name : layout.names()) {
            final int from = layout.offset(name);
            weights.put(name, Arrays.copyOfRange(chosen, from, from + layout.length(name)));
        }
        return ModelFile.of(spec, weights, training, Safetensors.DType.F16);
    }

    private String record(double validation, double kl) {
        final JsonObject record = new JsonObject();
        record.addProperty("command", options.command());
        options.start().ifPresent(start -> {
            final JsonObject from = new JsonObject();
            from.addProperty("name", start.spec().name());
            from.addProperty("sha256", sha256(start));
            record.add("from", from);
        });
        record.addProperty("data", options.data().label());
        record.addProperty("dataSha256", options.data().sha256());
        record.addProperty("records", data.records());
        record.addProperty("validationRecords", data.validationRecords());
        record.addProperty("heldOutRecords", options.data().holdout());
        record.addProperty("seed", options.seed());
        record.addProperty("steps", adam.steps);
        record.addProperty("epochs", round((double) adam.steps / (data.records() / options.batch()), 2));
        record.addProperty("samplesPerRecord", options.positions() * spec.channels());
        record.addProperty("minutes", round(seconds / 60, 2));
        record.addProperty("validationBitsPerDim", round(validation, 5));
        record.addProperty("validationKlBitsPerRecord", round(kl, 3));
        return record.toString();
    }

    private static double round(double x, int digits) {
        final double scale = Math.pow(10, digits);
        return Math.round(x * scale) / scale;
    }
}
