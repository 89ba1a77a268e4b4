package org.bbans.model.train.image;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.RasterShape;
import org.bbans.model.image.ImageTrainer;
import org.bbans.model.train.TrainingOptions;

/**
 * The images of a training, numbered through all sources. Those to measure on lie evenly among the others of about
 * their size, for the last ones of a folder may be of one kind, and of each size there are so many as it has pixels:
 * thousands of small pictures leave some of few large ones. At the end lie those that are never looked at.
 */
public final class ImageSet {

    /** Extents of a crop of a large image. */
    private static final int WIDTH = 128;
    private static final int HEIGHT = 96;
    /** Extents of what is measured of a large image. */
    private static final int MEASURED_SIDE = 192;
    /** Samples that are measured on. */
    private static final long MEASURED_SAMPLES = 1 << 20;

    private final List<ImageSource> sources;
    /** Images before each source, and of all. */
    private final long[] before;
    private final TrainingOptions.Parts parts;
    /** Of each source: the images of about its size, and how many of these lie in sources before it. */
    private final Size[] sizes;
    private final long[] alikeBefore;

    /** Images of about one size that are looked at. */
    private static final class Size {

        private long images;
        private long pixels;
        private long measured;

        /** Whether the image with this number among them is one to measure on. */
        boolean measures(long number) {
            return (number + 1) * measured / images > number * measured / images;
        }
    }

    /**
     * A set.
     *
     * @param sources where the images lie
     * @param parts which images serve what
     * @throws IllegalArgumentException if no image is left to train on
     */
    public ImageSet(List<ImageSource> sources, TrainingOptions.Parts parts) {
        this.sources = List.copyOf(sources);
        this.parts = parts;
        before = new long[sources.size() + 1];
        for (int i = 0; i < sources.size(); i++) {
            before[i + 1] = before[i] + sources.get(i).count();
        }
        if (trained() < 1) {
            throw new IllegalArgumentException(count() + (count() == 1 ? " image is" : " images are")
                    + " too few for a training, of which some are measured on");
        }
        sizes = new Size[sources.size()];
        alikeBefore = new long[sources.size()];
        final Map<Integer, Size> all = new TreeMap<>();
        for (int i = 0; i < sizes.length; i++) {
            final long pixels = sources.get(i).pixels();
            sizes[i] = all.computeIfAbsent(Long.SIZE - Long.numberOfLeadingZeros(pixels) >> 1, k -> new Size());
            alikeBefore[i] = sizes[i].images;
            final long seen = Math.max(0, Math.min(sources.get(i).count(), count() - parts.holdout() - before[i]));
            sizes[i].images += seen;
            sizes[i].pixels += seen * pixels;
        }
        share(all.values(), parts.validation());
    }

    /** Shares the images to measure on among sizes by their pixels; of each at most half its images if that can be. */
    private static void share(Collection<Size> sizes, long wanted) {
        final double pixels = sizes.stream().mapToDouble(s -> s.pixels).sum();
        long left = wanted;
        for (Size size : sizes) {
            size.measured = Math.min(size.images / 2, (long) (wanted * (size.pixels / pixels)));
            left -= size.measured;
        }
        // What rounding leaves, to those that have the most images.
        for (; left > 0; left--) {
            sizes.stream().max(Comparator.comparingLong(s -> s.images - s.measured)).orElseThrow().measured++;
        }
    }

    /** Number of images of some sources. */
    public static long count(List<ImageSource> sources) {
        return sources.stream().mapToLong(ImageSource::count).sum();
    }

    /** Number of images. */
    public long count() {
        return before[sources.size()];
    }

    /** Images that are trained on. */
    public long trained() {
        return count() - parts.validation() - parts.holdout();
    }

    /** Which images serve what. */
    TrainingOptions.Parts parts() {
        return parts;
    }

    /** Whether some image has three channels or four, so that the networks of colours learn something. */
    public boolean hasColours() {
        return sources.stream().anyMatch(ImageSet::isColour);
    }

    private static boolean isColour(ImageSource source) {
        return source.raster().channels() == 3 || source.raster().channels() == 4;
    }

    /** SHA-256 of all bytes that the images lie in. */
    byte[] sha256() throws IOException {
        final MessageDigest digest = Checksums.sha256();
        final byte[] buffer = new byte[1 << 16];
        for (ImageSource source : sources) {
            try (InputStream in = source.bytes()) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    digest.update(buffer, 0, n);
                }
            }
        }
        return digest.digest();
    }

    private enum Use {
        TRAINING, MEASURING, NONE
    }

    /** The use of an image of a source. */
    private Use use(int source, long image) {
        if (before[source] + image >= count() - parts.holdout()) {
            return Use.NONE;
        }
        return sizes[source].measures(alikeBefore[source] + image) ? Use.MEASURING : Use.TRAINING;
    }

    /** Draws crops of training images, each pixel as likely as any other. */
    final class CropSampler {

        private final List<Integer> drawn = new ArrayList<>();
        private final long[] pixelsBefore;
        private final int channels;
        private final boolean flip;

        /**
         * A sampler.
         *
         * @param channels 1 for planes of any images, 3 for colours
         * @param flip whether half of the crops are mirrored, left to right
         */
        CropSampler(int channels, boolean flip) {
            this.channels = channels;
            this.flip = flip;
            for (int i = 0; i < sources.size(); i++) {
                if ((channels == 1 || isColour(sources.get(i))) && trains(i)) {
                    drawn.add(i);
                }
            }
            pixelsBefore = new long[drawn.size() + 1];
            for (int i = 0; i < drawn.size(); i++) {
                final ImageSource source = sources.get(drawn.get(i));
                pixelsBefore[i + 1] = pixelsBefore[i] + source.count() * source.pixels();
            }
        }

        private boolean trains(int source) {
            for (long i = 0; i < sources.get(source).count(); i++) {
                if (use(source, i) == Use.TRAINING) {
                    return true;
                }
            }
            return false;
        }

        boolean isEmpty() {
            return drawn.isEmpty();
        }

        /** A crop by random numbers: of a large image, or of several small ones that lie behind each other. */
        ImageTrainer.Crop draw(SplittableRandom random) throws IOException {
            final long pixel = random.nextLong(pixelsBefore[drawn.size()]);
            final int found = Arrays.binarySearch(pixelsBefore, pixel);
            final int at = found >= 0 ? last(found) : -found - 2;
            final ImageSource source = sources.get(drawn.get(at));
            final RasterShape raster = source.raster();
            final int height = Math.min(HEIGHT, raster.height());
            final int width = Math.min(WIDTH, raster.width());
            final int several = (int) Math.max(1, Math.min(source.count(), WIDTH * HEIGHT / source.pixels()));
            final int top = random.nextInt(raster.height() - height + 1);
            final int left = random.nextInt(raster.width() - width + 1);
            final int plane = random.nextInt(raster.channels());
            final boolean mirror = random.nextBoolean() && flip;
            final int size = height * width * raster.channels();
            final short[] samples = new short[several * size];
            long image = (pixel - pixelsBefore[at]) / source.pixels();
            for (int i = 0; i < several; i++) {
                while (use(drawn.get(at), image) != Use.TRAINING) {
                    image = (image + 1) % source.count();
                }
                source.read(image, top, height, left, width, samples, i * size);
                image = (image + 1) % source.count();
            }
            final short[] wanted = channels == 1 ? ImageSource.plane(samples, raster.channels(), plane)
                    : ImageSource.colours(samples, raster.channels());
            if (mirror) {
                mirror(wanted, width, channels);
            }
            return new ImageTrainer.Crop(source.grid(several, height, width, channels), wanted);
        }

        /** Of sources without pixels none is drawn: the last of several equal numbers is that of one with some. */
        private int last(int found) {
            int at = found;
            while (pixelsBefore[at + 1] == pixelsBefore[at]) {
                at++;
            }
            return at;
        }
    }

    private static void mirror(short[] samples, int width, int channels) {
        for (int row = 0; row < samples.length; row += width * channels) {
            for (int left = 0, right = width - 1; left < right; left++, right--) {
                for (int c = 0; c < channels; c++) {
                    final short v = samples[row + left * channels + c];
                    samples[row + left * channels + c] = samples[row + right * channels + c];
                    samples[row + right * channels + c] = v;
                }
            }
        }
    }

    /**
     * What is measured on: the middles of images, or small ones behind each other, with all their channels.
     *
     * @return at least one, of about a million samples in all at most
     */
    List<ImageTrainer.Crop> measured() throws IOException {
        final List<ImageTrainer.Crop> crops = new ArrayList<>();
        long samples = 0;
        for (int i = 0; i < sources.size() && samples < MEASURED_SAMPLES; i++) {
            final ImageSource source = sources.get(i);
            final RasterShape raster = source.raster();
            final int height = Math.min(MEASURED_SIDE, raster.height());
            final int width = Math.min(MEASURED_SIDE, raster.width());
            final int size = height * width * raster.channels();
            final List<Long> chosen = new ArrayList<>();
            final long most = Math.max(1, MEASURED_SAMPLES / size / Math.min(parts.validation(), sources.size()));
            for (long image = 0; image < source.count() && chosen.size() < most; image++) {
                if (use(i, image) == Use.MEASURING) {
                    chosen.add(image);
                }
            }
            final boolean small = source.pixels() <= WIDTH * HEIGHT;
            final int perCrop = small ? chosen.size() : 1;
            for (int k = 0; k < chosen.size(); k += perCrop) {
                final short[] to = new short[perCrop * size];
                for (int j = 0; j < perCrop; j++) {
                    source.read(chosen.get(k + j), (raster.height() - height) / 2, height,
                            (raster.width() - width) / 2, width, to, j * size);
                }
                crops.add(new ImageTrainer.Crop(source.grid(perCrop, height, width, raster.channels()), to));
                samples += to.length;
            }
        }
        return crops;
    }
}
