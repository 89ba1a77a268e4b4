package org.bbans.model.train.image;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.format.FormatException;
import org.bbans.model.image.ImageCoder;
import org.bbans.model.image.ImageModel;
import org.bbans.model.image.ImageOptions;
import org.bbans.model.image.ImageTrainer;
import org.bbans.model.train.Checkpoint;
import org.bbans.model.train.TrainingListener;
import org.bbans.model.train.TrainingOptions;

/**
 * Trains a model of images: in rounds, each of which draws crops and takes steps on their samples in random order. What
 * is measured is what the images to measure on take, coded by a model that goes on learning as it does in archives.
 *
 * <p>Only {@link #stop} may be called by another thread than the one that trains.
 */
public final class ImageTraining {

    /** Crops of a round, of planes and of colours. */
    private static final int CROPS = 12;
    /** Steps of a round: about as many as its samples are enough for. */
    private static final int STEPS = 144;
    private static final double REPORT_SECONDS = 10;
    private static final double VALIDATION_SECONDS = 120;
    /** In a training of so many steps. */
    private static final int MEASUREMENTS = 10;
    /** Fixed numbers of a state before what the trainer writes. */
    private static final int NUMBERS = 8 + 3 * 8 + 4;

    private final ImageTrainingOptions options;
    private final TrainingListener listener;
    private final Engine engine = Engines.preferred();
    private final ImageTrainer trainer;
    private final ImageSet.CropSampler planes;
    private final ImageSet.CropSampler colours;
    private volatile boolean stopped;
    private List<ImageTrainer.Crop> measured = List.of();
    private ExecutorService workers;
    private String sha256;

    private long steps;
    private double seconds;
    private double trainBits = Double.NaN;
    private double bestValidation = Double.POSITIVE_INFINITY;
    /** The model that did best so far; null before anything was measured. */
    private byte[] best;

    /**
     * A training before its first step, or before it continues from its checkpoint.
     *
     * @param options what to train
     * @param listener is told of the progress, with NaN for the KL divergence, which these models do not have
     */
    public ImageTraining(ImageTrainingOptions options, TrainingListener listener) {
        this.options = options;
        this.listener = listener;
        trainer = new ImageTrainer(options.name(), options.shape(), options.schedule().average(), options.seed(),
                engine);
        options.start().ifPresent(start -> trainer.load(start.model()));
        planes = options.images().new CropSampler(1, options.flip());
        colours = options.images().new CropSampler(3, options.flip());
    }

    /** Lets {@link #train} return after the round in hand; with a folder for checkpoints it leaves one. */
    public void stop() {
        stopped = true;
    }

    /**
     * Trains until the schedule ends.
     *
     * @return the model's file, with its training record; empty if the training was stopped
     * @throws java.nio.file.FileSystemException if the checkpoint cannot be written, is damaged, or is another
     *     training's
     * @throws IOException if the images cannot be read
     */
    public Optional<byte[]> train() throws IOException {
        return train(Long.MAX_VALUE);
    }

    /** Trains as {@link #train()}, but stops after a round that ends with a step of this number or a later one. */
    Optional<byte[]> train(long lastStep) throws IOException {
        sha256 = HexFormat.of().formatHex(options.images().sha256());
        measured = options.images().measured();
        final Optional<Checkpoint> checkpoint = checkpoint();
        workers = Executors.newFixedThreadPool(options.threads(), task -> {
            final Thread thread = new Thread(task, "bbans-train");
            thread.setDaemon(true);
            return thread;
        });
        try {
            return train(lastStep, checkpoint);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            workers.shutdown();
        }
    }

    private Optional<byte[]> train(long lastStep, Optional<Checkpoint> checkpoint) throws IOException {
        final TrainingOptions.Schedule schedule = options.schedule();
        // At once: that there is no room for checkpoints should not be learnt minutes later.
        save(checkpoint);
        final double before = seconds;
        final long clock = System.nanoTime();
        double reported = before;
        double validated = before;
        if (options.start().isPresent() && steps == 0) {
            // The model as it was stays a candidate.
            measure(0, 0);
        }
        while (true) {
            seconds = before + (System.nanoTime() - clock) * 1e-9;
            final double fraction = schedule.fraction(steps, seconds);
            if (fraction >= 1) {
                break;
            }
            if (stopped || steps >= lastStep) {
                save(checkpoint);
                return Optional.empty();
            }
            final double rate = schedule.rate(steps, fraction);
            round(fraction);
            seconds = before + (System.nanoTime() - clock) * 1e-9;
            final double done = Math.min(1, schedule.fraction(steps, seconds));
            if (done < 1 && (schedule.steps() > 0 ? measuresBetween(fraction, done)
                    : seconds - validated >= VALIDATION_SECONDS)) {
                measure(done, rate);
                save(checkpoint);
                seconds = before + (System.nanoTime() - clock) * 1e-9;
                validated = seconds;
                reported = seconds;
            } else if (seconds - reported >= REPORT_SECONDS) {
                reported = seconds;
                report(done, rate, Double.NaN);
            }
        }
        // Whoever writes the model may fail: the training is not lost then.
        save(checkpoint);
        measure(1, 0);
        return stopped ? Optional.empty() : Optional.of(finish());
    }

    /** Whether weights between these fractions of a training of so many steps are measured: never by the clock. */
    private static boolean measuresBetween(double fraction, double done) {
        return (int) (done * MEASUREMENTS) > (int) (fraction * MEASUREMENTS);
    }

    private Optional<Checkpoint> checkpoint() throws IOException {
        if (options.work().isEmpty()) {
            return Optional.empty();
        }
        final Path folder = options.work().get();
        Files.createDirectories(folder);
        final Checkpoint checkpoint = new Checkpoint(folder.resolve(options.name() + ".checkpoint"), identity());
        if (checkpoint.exists() && !read(checkpoint.read())) {
            throw checkpoint.damaged();
        }
        return Optional.of(checkpoint);
    }

    /** Steps on the samples of new crops. Which they are depends on the seed and the number of the step alone. */
    private void round(double fraction) throws IOException {
        final TrainingOptions.Schedule schedule = options.schedule();
        final SplittableRandom random = new SplittableRandom(options.seed() ^ steps * 0x9E3779B97F4A7C15L);
        final List<ImageTrainer.Crop> crops = new ArrayList<>();
        for (int i = 0; i < CROPS; i++) {
            if (!planes.isEmpty()) {
                crops.add(planes.draw(random));
            }
            if (!colours.isEmpty()) {
                crops.add(colours.draw(random));
            }
        }
        final int count = (int) (schedule.steps() > 0 ? Math.min(STEPS, schedule.steps() - steps) : STEPS);
        final float[] rates = new float[count];
        for (int i = 0; i < count; i++) {
            rates[i] = (float) schedule.rate(steps + i,
                    schedule.steps() > 0 ? schedule.fraction(steps + i, 0) : fraction);
        }
        final double bits = trainer.train(crops, rates, random.nextLong(), workers);
        trainBits = Double.isNaN(trainBits) ? bits : trainBits + (bits - trainBits) * 0.2;
        steps += count;
    }

    /** Measures the averaged weights as a file has them, and keeps them if there were no better ones. */
    private void measure(double fraction, double rate) throws IOException {
        final byte[] file = trainer.model().toBytes("");
        final double bits = bits(file);
        report(fraction, rate, bits);
        if (bits < bestValidation) {
            bestValidation = bits;
            best = file;
        }
    }

    /** Bits that a sample takes of what is measured on. */
    private double bits(byte[] file) throws IOException {
        final ImageModel model = ImageModel.parse(file);
        final List<Future<Integer>> sizes = new ArrayList<>();
        for (ImageTrainer.Crop crop : measured) {
            sizes.add(workers.submit(() -> new ImageCoder(model, crop.grid(), ImageOptions.DEFAULT, engine)
                    .encode(crop.samples(), Math.toIntExact(crop.grid().rows())).length));
        }
        long bytes = 0;
        long samples = 0;
        try {
            for (int i = 0; i < sizes.size(); i++) {
                bytes += sizes.get(i).get();
                samples += measured.get(i).samples().length;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("training was interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        return 8.0 * bytes / samples;
    }

    private void report(double fraction, double rate, double bits) {
        listener.progress(new TrainingListener.Progress(steps, fraction, seconds / 60, rate, trainBits, bits,
                Double.NaN));
    }

    /** The best model with its training record. */
    private byte[] finish() throws FormatException {
        final JsonObject record = new JsonObject();
        record.addProperty("command", options.command());
        options.start().ifPresent(start -> {
            final JsonObject from = new JsonObject();
            from.addProperty("name", start.name());
            from.addProperty("sha256", HexFormat.of().formatHex(start.sha256()));
            record.add("from", from);
        });
        record.addProperty("data", options.label());
        record.addProperty("dataSha256", sha256);
        record.addProperty("images", options.images().trained());
        record.addProperty("validationImages", options.images().parts().validation());
        record.addProperty("heldOutImages", options.images().parts().holdout());
        record.addProperty("seed", options.seed());
        record.addProperty("steps", steps);
        record.addProperty("minutes", Math.round(seconds / 0.6) / 100.0);
        record.addProperty("validationBitsPerSample", Math.round(bestValidation * 1e5) / 1e5);
        return ImageModel.parse(best).toBytes(record.toString());
    }

    /** What must be the same for a training to be continued. */
    private String identity() {
        return String.join(" ", "image", options.name(), options.shape().toString(),
                options.start().map(start -> HexFormat.of().formatHex(start.sha256())).orElse("-"), sha256,
                options.images().parts().toString(), Boolean.toString(options.flip()), options.schedule().toString(),
                Long.toString(options.seed()));
    }

    private void save(Optional<Checkpoint> checkpoint) throws IOException {
        if (checkpoint.isPresent()) {
            final int length = best == null ? 0 : best.length;
            final ByteBuffer out = ByteBuffer.allocate(NUMBERS + length + trainer.stateBytes());
            out.putLong(steps).putDouble(seconds).putDouble(trainBits).putDouble(bestValidation).putInt(length);
            if (best != null) {
                out.put(best);
            }
            trainer.write(out);
            checkpoint.get().write(out.array());
        }
    }

    private boolean read(ByteBuffer in) {
        final int length = in.remaining() < NUMBERS ? -1 : in.getInt(in.position() + NUMBERS - 4);
        if (length < 0 || in.remaining() != NUMBERS + (long) length + trainer.stateBytes()) {
            return false;
        }
        steps = in.getLong();
        seconds = in.getDouble();
        trainBits = in.getDouble();
        bestValidation = in.getDouble();
        in.getInt();
        if (length > 0) {
            best = new byte[length];
            in.get(best);
        }
        trainer.read(in);
        return true;
    }
}
