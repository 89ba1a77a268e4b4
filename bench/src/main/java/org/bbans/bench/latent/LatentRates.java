package org.bbans.bench.latent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.bbans.bench.ImageFiles;
import org.bbans.model.image.HeadInputs;

/**
 * What latents of whole images pay: {@code LatentRates DATA LATENTS ROUNDS SEED WEIGHTS [validation]} trains a network
 * with so many latents, or reads the weights if the file is there, and prints the bound on the code length of images
 * in bits a sample, without learning and with the coder's, and the latents' share of it in bits an image. DATA has the
 * folders {@code cid22}, {@code mnist}, {@code fashion-mnist} and {@code freyfaces}. These are bounds in floating
 * point, of no archive. {@code validation} takes images that are not of the test parts.
 */
public final class LatentRates {

    /** Units of the second hidden layer without latents, one more than with: as many multiply-adds a sample. */
    private static final int PLAIN_HIDDEN = 17;
    private static final int INPUTS = 48;
    private static final int TEST_PHOTOGRAPHS = 24;
    private static final int VALIDATION_PHOTOGRAPHS = 16;

    /** As the coder learns: from so many samples, from every other such batch, at this rate. */
    private static final int BATCH = 128;
    private static final double LEARNING_RATE = 3e-4;

    private final LatentModel model;
    private final SplittableRandom random;

    private LatentRates(LatentModel model, long seed) {
        this.model = model;
        random = new SplittableRandom(seed);
    }

    /** Trains and measures. */
    public static void main(String[] args) throws IOException {
        final Path data = Path.of(args[0]);
        final int latents = Integer.parseInt(args[1]);
        final int rounds = Integer.parseInt(args[2]);
        final long seed = Long.parseLong(args[3]);
        final Path weights = Path.of(args[4]);
        final boolean validation = args.length > 5;
        final List<Path> photographs;
        try (Stream<Path> files = Files.list(data.resolve("cid22"))) {
            photographs = files.filter(f -> f.toString().endsWith(".png")).sorted().toList();
        }
        final int first = TEST_PHOTOGRAPHS + VALIDATION_PHOTOGRAPHS;
        final LatentModel model = new LatentModel(INPUTS, latents > 0 ? PLAIN_HIDDEN - 1 : PLAIN_HIDDEN, latents, seed);
        System.out.println(latents + " latents, " + model.head.multiplyAdds() + " multiply-adds");
        if (Files.exists(weights)) {
            ByteBuffer.wrap(Files.readAllBytes(weights)).asDoubleBuffer().get(model.parameters);
        } else {
            final Path file = Path.of("train-images-idx3-ubyte.gz");
            new LatentTraining(model, photographs.subList(first, photographs.size()),
                    List.of(data.resolve("mnist").resolve(file), data.resolve("fashion-mnist").resolve(file)), seed)
                    .run(rounds);
            final ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * model.parameters.length);
            bytes.asDoubleBuffer().put(model.parameters);
            Files.write(weights, bytes.array());
        }
        final LatentRates rates = new LatentRates(model, seed + 1);
        rates.photographs(
                photographs.subList(validation ? TEST_PHOTOGRAPHS : 0, validation ? first : TEST_PHOTOGRAPHS));
        final String part = validation ? "train" : "t10k";
        for (String name : new String[] {"mnist", "fashion-mnist"}) {
            rates.records(data.resolve(name).resolve(part + "-images-idx3-ubyte.gz"), false);
        }
        if (!validation) {
            rates.records(data.resolve("freyfaces").resolve("freyfaces-28x20-idx3-ubyte.gz"), true);
        }
    }

    /** Bits of samples and of latents. */
    private static final class Tally {

        private double bits;
        private double latentBits;
        private long samples;
        private int units;

        void print(String name, String how) {
            System.out.printf(Locale.ROOT, "%-14s %-28s %.4f bits a sample, latents %.1f bits each of %d%n", name, how,
                    (bits + latentBits) / samples, latentBits / units, units);
        }
    }

    /** Each photograph's first plane, from the same weights. */
    private void photographs(List<Path> files) throws IOException {
        final Tally encoded = new Tally();
        final Tally fitted = new Tally();
        final Tally learning = new Tally();
        for (Path file : files) {
            final ImageFiles image = ImageFiles.read(file.toString(), 1);
            final HeadInputs inputs = LatentTraining.inputs(1, image.grid().height(), image.grid().width(),
                    LatentTraining.planes(image)[0], false);
            final List<ImageUnit> unit = List.of(ImageUnit.whole(inputs, inputs.size()));
            code(inputs, new int[inputs.size()], posteriors(unit, 0), null, encoded);
            final double[][] q = posteriors(unit, 100);
            code(inputs, new int[inputs.size()], q, null, fitted);
            final double[] before = model.parameters.clone();
            code(inputs, new int[inputs.size()], q, new Learner(), learning);
            System.arraycopy(before, 0, model.parameters, 0, before.length);
        }
        encoded.print("photographs", "encoder alone");
        fitted.print("photographs", "fitted");
        learning.print("photographs", "fitted, learning");
    }

    /** Small pictures, in groups of so many; learning goes on from group to group. */
    private void records(Path file, boolean reference) throws IOException {
        final ImageFiles images = ImageFiles.read(file.toString(), LatentTraining.HELD_OUT);
        final String name = file.getParent().getFileName().toString();
        for (boolean shared : new boolean[] {true, false}) {
            final String kind = shared ? "a group: " : "an image: ";
            if (model.latents() > 0) {
                records(images, reference, shared, 0, null).print(name, kind + "encoder alone");
            }
            final int steps = shared ? 100 : 40;
            if (model.latents() > 0 || shared) {
                records(images, reference, shared, steps, null).print(name, kind + "fitted");
                final double[] before = model.parameters.clone();
                records(images, reference, shared, steps, new Learner()).print(name, kind + "fitted, learning");
                System.arraycopy(before, 0, model.parameters, 0, before.length);
            }
        }
    }

    private Tally records(ImageFiles images, boolean reference, boolean shared, int steps, Learner learner) {
        final int height = images.grid().height();
        final int width = images.grid().width();
        final int size = height * width;
        final Tally tally = new Tally();
        for (int g = 0; g < images.grid().records(); g += LatentTraining.GROUP) {
            final int count = Math.min(LatentTraining.GROUP, images.grid().records() - g);
            final HeadInputs inputs = LatentTraining.inputs(count, height, width,
                    Arrays.copyOfRange(images.samples(), g * size, (g + count) * size), reference);
            final int[] owner = new int[inputs.size()];
            if (!shared) {
                Arrays.setAll(owner, i -> inputs.place()[i] / size);
            }
            final List<ImageUnit> units = shared ? List.of(ImageUnit.whole(inputs, inputs.size()))
                    : ImageUnit.records(inputs, size);
            code(inputs, owner, posteriors(units, steps), learner, tally);
        }
        return tally;
    }

    /** Posteriors of units: the encoder's, moved by so many steps. */
    private double[][] posteriors(List<ImageUnit> units, int steps) {
        final LatentModel.Encoding encoding = model.new Encoding(units);
        final double[][] q = new double[units.size()][];
        for (int u = 0; u < q.length; u++) {
            q[u] = encoding.of(u);
            if (model.latents() > 0 && steps > 0) {
                model.fit(units.get(u), q[u], steps, random);
            }
        }
        return q;
    }

    /** Learning while coding. */
    private final class Learner {

        private final AdamStep adam = new AdamStep(model.head.size());
        private final double[] gradient = new double[model.head.size()];
        private long batches;

        void learn(ModulatedHead.Batch batch) {
            if (batches++ % LatentTraining.SHAPE.interval() == 0) {
                Arrays.fill(gradient, 0);
                batch.backward(model.parameters, gradient);
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] /= batch.size();
                }
                adam.take(model.parameters, gradient, LEARNING_RATE);
            }
        }
    }

    /** Adds what samples take in coding order, with a sample of the latents of the unit that each belongs to. */
    private void code(HeadInputs inputs, int[] owner, double[][] q, Learner learner, Tally tally) {
        final int k = model.latents();
        final double[][] z = new double[q.length][k];
        for (int u = 0; u < q.length; u++) {
            for (int i = 0; i < k; i++) {
                z[u][i] = q[u][i] + Math.exp(q[u][k + i]) * random.nextGaussian();
            }
            tally.latentBits += LatentModel.divergence(q[u]) / Math.log(2);
        }
        ModulatedHead.Batch batch = null;
        for (int from = 0; from < inputs.size(); from += BATCH) {
            final int n = Math.min(BATCH, inputs.size() - from);
            if (batch == null || batch.size() != n) {
                batch = model.head.batch(n, n);
            }
            load(batch, inputs, from, owner, z);
            tally.bits += batch.forward(model.parameters) / Math.log(2);
            if (learner != null) {
                learner.learn(batch);
            }
        }
        tally.samples += inputs.size();
        tally.units += q.length;
    }

    /** Fills a batch with the samples that follow, those of a unit together. */
    private static void load(ModulatedHead.Batch batch, HeadInputs inputs, int from, int[] owner, double[][] z) {
        final List<Integer> rows = new ArrayList<>();
        for (int i = from; i < from + batch.size(); i++) {
            rows.add(i);
        }
        rows.sort((a, b) -> Integer.compare(owner[a], owner[b]));
        batch.clear();
        int segment = 0;
        for (int i = 0; i < rows.size(); i++) {
            final int row = rows.get(i);
            batch.add(inputs, row);
            if (i + 1 == rows.size() || owner[rows.get(i + 1)] != owner[row]) {
                System.arraycopy(z[owner[row]], 0, batch.z, segment * z[owner[row]].length, z[owner[row]].length);
                batch.endSegment();
                segment++;
            }
        }
    }
}
