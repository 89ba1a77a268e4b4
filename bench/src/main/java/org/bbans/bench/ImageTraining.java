package org.bbans.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.format.FormatException;
import org.bbans.model.image.ImageGrid;
import org.bbans.model.image.ImageModel;
import org.bbans.model.image.ImageShape;
import org.bbans.model.image.ImageTrainer;

/**
 * Trains the built-in image models:
 * {@code ImageTraining OUT NAME SHAPE POOLS RATE SEED HEADS DATA [START]}. {@code SHAPE} is the six sizes of an
 * {@link ImageShape} in their order, with commas between them; {@code HEADS} is a list such as
 * {@code grey,green,red,blue}; {@code DATA} is the folder with {@code cid22}, of which the first 24 files by name are
 * left out, {@code fashion-mnist} and {@code mnist}, of which the training parts are used; {@code START} is a model to
 * begin with.
 */
public final class ImageTraining {

    private static final int TEST = 24;
    private static final int POOL = 1 << 18;
    private static final int SIDE = 128;
    private static final int ROWS = 96;

    private ImageTraining() {}

    /** Trains. */
    public static void main(String[] args) throws IOException, FormatException {
        final Path out = Path.of(args[0]);
        final int[] n = Arrays.stream(args[2].split(",")).mapToInt(Integer::parseInt).toArray();
        final ImageShape shape = new ImageShape(n[0], n[1], n[2], n[3], n[4], n[5]);
        final int pools = Integer.parseInt(args[3]);
        final long seed = Long.parseLong(args[5]);
        final List<ImageFiles> photos = new ArrayList<>();
        try (Stream<Path> list = Files.list(Path.of(args[7], "cid22"))) {
            for (Path p : list.sorted().skip(TEST).toList()) {
                photos.add(ImageFiles.read(p.toString(), 1));
            }
        }
        final ImageFiles[] small = {
            ImageFiles.read(args[7] + "/fashion-mnist/train-images-idx3-ubyte.gz", 60000),
            ImageFiles.read(args[7] + "/mnist/train-images-idx3-ubyte.gz", 60000),
        };
        final ImageTrainer trainer = new ImageTrainer(args[1], shape, POOL, seed, Engines.preferred());
        if (args.length > 8) {
            trainer.load(ImageModel.parse(Files.readAllBytes(Path.of(args[8]))));
        }
        final long start = System.nanoTime();
        trainer.train(List.of(args[6].split(",")), r -> grey(r, photos, small), r -> colour(r, photos), pools,
                Float.parseFloat(args[4]), line -> {
                    System.out.printf(Locale.ROOT, "%6.0f s %s%n", (System.nanoTime() - start) * 1e-9, line);
                    if (line.contains("0 grey") || line.contains("0 green")) {
                        save(out, trainer, args);
                    }
                });
        save(out, trainer, args);
    }

    private static void save(Path out, ImageTrainer trainer, String[] args) {
        try {
            Files.write(out, trainer.toBytes(String.join(" ", Arrays.copyOfRange(args, 1, 7))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ImageTrainer.Crop colour(SplittableRandom random, List<ImageFiles> photos) {
        ImageFiles image;
        do {
            image = photos.get(random.nextInt(photos.size()));
        } while (image.grid().channels() != 3);
        return crop(random, image, SIDE, ROWS, false);
    }

    /** Six of eight from photographs, one of these averaged and of more bits; the others small pictures. */
    private static ImageTrainer.Crop grey(SplittableRandom random, List<ImageFiles> photos, ImageFiles[] small) {
        final int kind = random.nextInt(8);
        if (kind < 2) {
            final ImageFiles from = small[kind];
            final int size = from.grid().height() * from.grid().width();
            final int count = 16;
            final int first = random.nextInt(from.grid().records() - count);
            return new ImageTrainer.Crop(new ImageGrid(count, from.grid().height(), from.grid().width(), 1, 256),
                    Arrays.copyOfRange(from.samples(), first * size, (first + count) * size));
        }
        final ImageFiles image = photos.get(random.nextInt(photos.size()));
        if (kind == 2) {
            return averaged(crop(random, image, 2 * SIDE, 2 * ROWS, true));
        }
        return crop(random, image, SIDE, ROWS, true);
    }

    /** Sums of two by two samples. */
    private static ImageTrainer.Crop averaged(ImageTrainer.Crop crop) {
        final int w = crop.grid().width() / 2;
        final int h = crop.grid().height() / 2;
        final short[] v = new short[w * h];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                final int at = 2 * y * 2 * w + 2 * x;
                v[y * w + x] = (short) (crop.samples()[at] + crop.samples()[at + 1] + crop.samples()[at + 2 * w]
                        + crop.samples()[at + 2 * w + 1]);
            }
        }
        return new ImageTrainer.Crop(new ImageGrid(1, h, w, 1, 1024), v);
    }

    private static ImageTrainer.Crop crop(SplittableRandom random, ImageFiles image, int width, int height,
            boolean grey) {
        final ImageGrid g = image.grid();
        final int channels = grey ? 1 : g.channels();
        final int top = random.nextInt(g.height() - height + 1);
        final int left = random.nextInt(g.width() - width + 1);
        final boolean mirror = random.nextBoolean();
        final boolean down = random.nextInt(4) == 0;
        final int plane = g.channels() == 1 ? 0 : random.nextInt(3);
        final short[] v = new short[width * height * channels];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                final int sy = top + (down ? height - 1 - y : y);
                final int sx = left + (mirror ? width - 1 - x : x);
                for (int c = 0; c < channels; c++) {
                    v[(y * width + x) * channels + c] =
                            image.samples()[(sy * g.width() + sx) * g.channels() + (grey ? plane : c)];
                }
            }
        }
        return new ImageTrainer.Crop(new ImageGrid(1, height, width, channels, 256), v);
    }
}
