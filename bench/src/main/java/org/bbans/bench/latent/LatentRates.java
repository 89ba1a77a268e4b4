package org.bbans.bench.latent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.bbans.bench.ImageFiles;
import org.bbans.model.image.HeadInputs;

/**
 * What latents of whole images pay: {@code LatentRates DATA LATENTS ROUNDS SEED WEIGHTS [validation]} trains a network
 * with so many latents, or reads the weights if the file is there, and prints the bound on the code length of images
 * in bits a sample, without learning and with the coder's, by the mixtures alone and with the coder's counts, and the
 * latents' share of it in bits an image. DATA has the
 * folders {@code cid22}, {@code mnist}, {@code fashion-mnist} and {@code freyfaces}. These are bounds in floating
 * point, of no archive. {@code validation} takes images that are not of the test parts.
 */
public final class LatentRates {

    /** Units of the second hidden layer without latents, one more than with: as many multiply-adds a sample. */
    private static final int PLAIN_HIDDEN = 17;
    private static final int INPUTS = 48;
    private static final int TEST_PHOTOGRAPHS = 24;
    private static final int VALIDATION_PHOTOGRAPHS = 16;
    /** Gradient steps that fit the latents of many samples, and those of a small picture. */
    private static final int GROUP_STEPS = 100;
    private static final int IMAGE_STEPS = 20;
    /** Small pictures that are coded with latents of their own. */
    private static final int ALONE = 512;

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
        for (boolean shared : new boolean[] {true, false}) {
            for (String name : new String[] {"mnist", "fashion-mnist"}) {
                rates.records(data.resolve(name).resolve(part + "-images-idx3-ubyte.gz"), false, shared);
            }
            if (!validation) {
                rates.records(data.resolve("freyfaces").resolve("freyfaces-28x20-idx3-ubyte.gz"), true, shared);
            }
        }
    }

    /** Each photograph's first plane, from the same weights. */
    private void photographs(List<Path> files) throws IOException {
        final CodeLength[] sums = new CodeLength[3];
        for (Path file : files) {
            final ImageFiles image = ImageFiles.read(file.toString(), 1);
            final HeadInputs inputs = LatentTraining.inputs(1, image.grid().height(), image.grid().width(),
                    LatentTraining.planes(image)[0], false);
            final List<ImageUnit> unit = List.of(ImageUnit.whole(inputs, inputs.size()));
            final int[] owner = new int[inputs.size()];
            final double[][] q = posteriors(unit, GROUP_STEPS);
            for (int i = 0; i < sums.length; i++) {
                final CodeLength one = new CodeLength(model, i == 2, random);
                one.add(image.grid(), inputs, owner, i == 0 ? posteriors(unit, 0) : q);
                one.end();
                sums[i] = one.plus(sums[i]);
            }
        }
        sums[0].print("photographs", "encoder alone");
        sums[1].print("photographs", "fitted");
        sums[2].print("photographs", "fitted, learning");
    }

    /** Small pictures, latents for a group or for each; learning goes on from group to group. */
    private void records(Path file, boolean reference, boolean shared) throws IOException {
        final ImageFiles images = ImageFiles.read(file.toString(), shared ? LatentTraining.HELD_OUT : ALONE);
        final String name = file.getParent().getFileName().toString();
        final String kind = shared ? "a group: " : "an image: ";
        if (model.latents() > 0) {
            records(images, reference, shared, 0, false).print(name, kind + "encoder alone");
        }
        final int steps = shared ? GROUP_STEPS : IMAGE_STEPS;
        records(images, reference, shared, steps, false).print(name, kind + "fitted");
        records(images, reference, shared, steps, true).print(name, kind + "fitted, learning");
    }

    private CodeLength records(ImageFiles images, boolean reference, boolean shared, int steps, boolean learning) {
        final int height = images.grid().height();
        final int width = images.grid().width();
        final int size = height * width;
        final CodeLength sum = new CodeLength(model, learning, random);
        for (int g = 0; g < images.grid().records(); g += LatentTraining.GROUP) {
            final int count = Math.min(LatentTraining.GROUP, images.grid().records() - g);
            final HeadInputs inputs = LatentTraining.inputs(count, height, width,
                    Arrays.copyOfRange(images.samples(), g * size, (g + count) * size), reference);
            final int[] owner = new int[inputs.size()];
            if (!shared) {
                Arrays.setAll(owner, i -> inputs.place()[i] / size);
            }
            sum.add(images.grid(), inputs, owner, posteriors(
                    shared ? List.of(ImageUnit.whole(inputs, inputs.size())) : ImageUnit.records(inputs, size), steps));
        }
        sum.end();
        return sum;
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
}
