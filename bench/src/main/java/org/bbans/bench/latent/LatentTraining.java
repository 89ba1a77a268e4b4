package org.bbans.bench.latent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bbans.bench.ImageFiles;
import org.bbans.codec.engine.Engines;
import org.bbans.model.image.HeadInputs;
import org.bbans.model.image.ImageGrid;
import org.bbans.model.image.ImageShape;

/**
 * Trains a model on the mixture that {@code image-fast} was trained on: three quarters of the samples are of
 * photographs, an eighth each of MNIST and Fashion-MNIST. Half of the small pictures have latents of their own, half
 * share them with 63 others. A round draws new crops and takes steps on them.
 */
final class LatentTraining {

    /** The sizes of {@code image-fast}. */
    static final ImageShape SHAPE = new ImageShape(16, ModulatedHead.LOGISTICS, 1, 1, 2, 2);
    /** Pictures of a group. */
    static final int GROUP = 64;
    /** Pictures at the beginning of a file that are left out. */
    static final int HELD_OUT = 2000;

    private static final int CROP = 128;
    private static final int CROPS = 48;
    private static final int GROUPS = 4;
    private static final int STEPS = 2000;
    private static final int SEGMENTS = 16;
    private static final int SEGMENT = 64;
    private static final double RATE = 2e-3;

    private final LatentModel model;
    private final List<short[][]> photographs = new ArrayList<>();
    private final List<ImageFiles> pictures = new ArrayList<>();
    private final SplittableRandom random;
    /** Of the latents: what is drawn of the images does not depend on their number. */
    private final SplittableRandom noise;
    private final List<List<ImageUnit>> kinds = new ArrayList<>();

    /**
     * A training.
     *
     * @param photographs files, of 512 x 512 pixels
     * @param pictures files with pictures of 28 x 28
     */
    LatentTraining(LatentModel model, List<Path> photographs, List<Path> pictures, long seed) throws IOException {
        this.model = model;
        random = new SplittableRandom(seed);
        noise = new SplittableRandom(seed + 1);
        for (Path file : photographs) {
            this.photographs.add(planes(ImageFiles.read(file.toString(), 1)));
        }
        for (Path file : pictures) {
            this.pictures.add(ImageFiles.read(file.toString(), Integer.MAX_VALUE));
        }
    }

    /** The planes of an image, green first. */
    static short[][] planes(ImageFiles image) {
        final int channels = image.grid().channels();
        final short[][] planes = new short[channels][image.samples().length / channels];
        for (int i = 0; i < image.samples().length; i++) {
            planes[(i % channels + channels - channels / 2) % channels][i / channels] = image.samples()[i];
        }
        return planes;
    }

    /** The inputs of samples of 8 bits. */
    static HeadInputs inputs(int records, int height, int width, short[] samples, boolean reference) {
        return HeadInputs.of(SHAPE, new ImageGrid(records, height, width, 1, 256), samples, reference,
                Engines.preferred());
    }

    /** Takes all steps and prints how it goes. */
    void run(int rounds) {
        final AdamStep adam = new AdamStep(model.parameters.length, AdamStep.MEAN);
        final ModulatedHead.Batch batch = model.head.batch(SEGMENTS * SEGMENT, SEGMENTS);
        final double[] gradient = new double[model.parameters.length];
        for (int round = 0; round < rounds; round++) {
            draw();
            double nats = 0;
            double divergence = 0;
            for (int step = 0; step < STEPS; step++) {
                final List<ImageUnit> units = new ArrayList<>();
                final double[] weight = new double[SEGMENTS];
                batch.clear();
                for (int s = 0; s < SEGMENTS; s++) {
                    final List<ImageUnit> kind = kinds.get(Math.min(s, kinds.size() - 1));
                    final ImageUnit unit = kind.get(random.nextInt(kind.size()));
                    units.add(unit);
                    weight[s] = (double) SEGMENT / unit.samples();
                    unit.draw(batch, SEGMENT, random);
                }
                final LatentModel.Encoding encoding = model.new Encoding(units);
                encoding.sample(batch.z, noise);
                nats += batch.forward(model.parameters);
                divergence += encoding.divergence(weight);
                Arrays.fill(gradient, 0);
                batch.backward(model.parameters, gradient);
                encoding.backward(batch.dz, weight, gradient);
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] /= batch.size();
                }
                adam.take(model.parameters, gradient,
                        RATE * (1 + Math.cos(Math.PI * (round + (double) step / STEPS) / rounds)) / 2);
            }
            final double unit = 1 / (Math.log(2) * batch.size() * STEPS);
            System.out.printf("round %d: %.4f bits a sample, %.4f of them latents'%n", round,
                    (nats + divergence) * unit, divergence * unit);
        }
    }

    /** New crops: groups and single pictures of each file, then photographs. */
    private void draw() {
        kinds.clear();
        for (ImageFiles file : pictures) {
            final List<ImageUnit> groups = new ArrayList<>();
            final List<ImageUnit> singles = new ArrayList<>();
            final int size = file.grid().height() * file.grid().width();
            for (int g = 0; g < GROUPS; g++) {
                final int from = (HELD_OUT + random.nextInt(file.grid().records() - GROUP - HELD_OUT)) * size;
                final HeadInputs inputs = inputs(GROUP, file.grid().height(), file.grid().width(),
                        Arrays.copyOfRange(file.samples(), from, from + GROUP * size), false);
                groups.add(ImageUnit.whole(inputs, (long) GROUP * size));
                singles.addAll(ImageUnit.records(inputs, size));
            }
            kinds.add(groups);
            kinds.add(singles);
        }
        final List<ImageUnit> crops = new ArrayList<>();
        for (int i = 0; i < CROPS; i++) {
            crops.add(crop());
        }
        kinds.add(crops);
    }

    /** A part of some plane of some photograph, mirrored or not; of every third one half as large. */
    private ImageUnit crop() {
        final short[][] planes = photographs.get(random.nextInt(photographs.size()));
        final short[] plane = planes[random.nextInt(planes.length)];
        final int width = 512;
        final int step = random.nextInt(3) == 0 ? 2 : 1;
        final int y = random.nextInt(width - step * CROP + 1);
        final int x = random.nextInt(width - step * CROP + 1);
        final boolean mirrored = random.nextBoolean();
        final short[] samples = new short[CROP * CROP];
        for (int i = 0; i < samples.length; i++) {
            final int column = mirrored ? CROP - 1 - i % CROP : i % CROP;
            samples[i] = plane[(y + step * (i / CROP)) * width + x + step * column];
        }
        return ImageUnit.whole(inputs(1, CROP, CROP, samples, false), (long) width * width / (step * step));
    }
}
