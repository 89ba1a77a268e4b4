package org.bbans.model.image;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bbans.codec.engine.Engine;
import org.bbans.model.file.Safetensors;

/**
 * Trains the networks of an {@link ImageModel} on crops of rasters: the coder computes the inputs, and the heads take
 * the steps that they take while coding, on samples drawn from many crops.
 */
public final class ImageTrainer {

    private static final int BATCH = 1024;
    private static final ImageOptions OPTIONS = new ImageOptions(false, true, true, false);

    private final String name;
    private final ImageShape shape;
    private final int poolSize;
    private final Engine engine;
    private final SplittableRandom random;
    private final Map<ImageHead, HeadLearner> heads = new EnumMap<>(ImageHead.class);

    /**
     * A raster and its extents.
     *
     * @param grid one record
     * @param samples unsigned samples
     */
    public record Crop(ImageGrid grid, short[] samples) {}

    /**
     * A trainer.
     *
     * @param shape the model's sizes
     * @param poolSize samples of a head that are shuffled at once
     */
    public ImageTrainer(String name, ImageShape shape, int poolSize, long seed, Engine engine) {
        this.name = name;
        this.shape = shape;
        this.poolSize = poolSize;
        this.engine = engine;
        final SplittableRandom first = new SplittableRandom(seed);
        random = first.split();
        for (ImageHead head : ImageHead.values()) {
            heads.put(head, new HeadLearner(initial(head, first), head.paddedInputs(), shape, 256, BATCH,
                    ImageKernels.of(engine), engine));
        }
    }

    private float[] initial(ImageHead head, SplittableRandom random) {
        final float[] p = new float[HeadLearner.size(head.paddedInputs(), shape)];
        final int hidden = shape.hidden();
        int at = fill(random, p, 0, head.inputs(), hidden, hidden, 1.4 / Math.sqrt(head.inputs()));
        if (head == ImageHead.GREY) {
            // No crop has a record before.
            Arrays.fill(p, (head.inputs() - 2) * hidden, head.inputs() * hidden, 0f);
        }
        at = fill(random, p, head.paddedInputs() * hidden + hidden, hidden, hidden, hidden, 1.4 / Math.sqrt(hidden))
                + hidden;
        at = fill(random, p, at, hidden, shape.outputs(), shape.paddedOutputs(), 0.1 / Math.sqrt(hidden));
        final float[] spread = {-1.5f, -1f, -0.8f, -0.5f, -0.8f, -0.5f, 0f, 0.5f};
        final int n = shape.logistics();
        for (int k = 0; k < n; k++) {
            // Of fewer logistics those that lie evenly among the eight.
            final int j = (2 * k + 1) * spread.length / (2 * n);
            p[at + n + k] = -0.7f + 0.2f * j;
            p[at + 2 * n + k] = spread[j];
        }
        return p;
    }

    private static int fill(SplittableRandom random, float[] to, int off, int rows, int columns, int width,
            double deviation) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                to[off + i * width + j] = (float) (deviation * 1.7320508 * (2 * random.nextDouble() - 1));
            }
        }
        return off + rows * width;
    }

    /** Inputs of a head, drawn from many crops. */
    private final class Pool {

        private final ImageHead head;
        private final int inputs;
        private final float[] x;
        private final float[] prediction = new float[poolSize];
        private final float[] scale = new float[poolSize];
        private final float[] value = new float[poolSize];
        private final int[] levels = new int[poolSize];
        private int level;
        private int size;
        private PlanePlan[] plans;

        Pool(ImageHead head) {
            this.head = head;
            inputs = head.paddedInputs();
            x = new float[poolSize * inputs];
        }

        void begin(Crop crop) {
            level = crop.grid.levels();
            plans = PlanePlan.of(crop.grid.channels());
        }

        void accept(int plane, HeadLearner from, int n) {
            if (plans[plane].head() != head) {
                return;
            }
            final int count = Math.min(n, poolSize - size);
            System.arraycopy(from.x, 0, x, size * inputs, count * inputs);
            System.arraycopy(from.prediction, 0, prediction, size, count);
            System.arraycopy(from.scale, 0, scale, size, count);
            System.arraycopy(from.value, 0, value, size, count);
            Arrays.fill(levels, size, size + count, level);
            size += count;
        }

        /** One pass; returns the mean code length in bits. */
        double train(float rate) {
            final int[] order = new int[size];
            for (int i = 0; i < size; i++) {
                final int j = random.nextInt(i + 1);
                order[i] = order[j];
                order[j] = i;
            }
            final HeadLearner to = heads.get(head);
            double loss = 0;
            int count = 0;
            for (int from = 0; from + BATCH <= size; from += BATCH) {
                for (int i = 0; i < BATCH; i++) {
                    final int at = order[from + i];
                    System.arraycopy(x, at * inputs, to.x, i * inputs, inputs);
                    to.prediction[i] = prediction[at];
                    to.scale[i] = scale[at];
                    to.value[i] = value[at];
                    to.top[i] = levels[at] - 1;
                }
                to.forward(0, BATCH);
                to.learn(BATCH, rate);
                for (int i = 0; i < BATCH; i++) {
                    loss -= DecisionCoder.log2(to.likelihood[i]);
                }
                count += BATCH;
            }
            size = 0;
            return loss / count;
        }
    }

    /**
     * Trains the heads.
     *
     * @param headNames which ones, by the names that their tensors begin with
     * @param grey gives a crop of one channel by random numbers
     * @param colour gives a crop of three channels by random numbers
     * @param pools number of pools for each head; the rate falls linearly over them
     * @param rate step size at the beginning
     * @param report takes a line for each pool
     */
    public void train(List<String> headNames, Function<SplittableRandom, Crop> grey,
            Function<SplittableRandom, Crop> colour, int pools, float rate,
            Consumer<String> report) {
        final Map<ImageHead, Pool> all = new EnumMap<>(ImageHead.class);
        for (String h : headNames) {
            final ImageHead head = ImageHead.valueOf(h.toUpperCase(Locale.ROOT));
            all.put(head, new Pool(head));
        }
        for (int i = 0; i < pools; i++) {
            final float now = rate * Math.min(1f, (i + 1) / 4f) * (1f - (float) i / pools) + rate * 0.005f;
            final StringBuilder line = new StringBuilder("pool " + i);
            fill(all.values().stream().filter(p -> p.head == ImageHead.GREY).toList(), grey);
            fill(all.values().stream().filter(p -> p.head != ImageHead.GREY).toList(), colour);
            for (Pool pool : all.values()) {
                line.append(String.format(Locale.ROOT, " %s %.4f", pool.head.tensorName(), pool.train(now)));
            }
            report.accept(line.toString());
        }
    }

    private void fill(List<Pool> pools, Function<SplittableRandom, Crop> crops) {
        while (!pools.isEmpty() && pools.get(0).size < poolSize) {
            final Crop crop = crops.apply(random);
            pools.forEach(pool -> pool.begin(crop));
            final ImageCoder coder = new ImageCoder(model(), crop.grid, OPTIONS, engine);
            coder.setListener((plane, head, n) -> pools.forEach(pool -> pool.accept(plane, head, n)));
            coder.encode(crop.samples, Math.toIntExact(crop.grid.rows()));
        }
    }

    /** Continues from a model's weights. */
    public void load(ImageModel model) {
        for (ImageHead head : ImageHead.values()) {
            System.arraycopy(model.parameters(head), 0, heads.get(head).parameters(), 0,
                    heads.get(head).parameters().length);
        }
    }

    /** The model as it is now. */
    public ImageModel model() {
        final Map<ImageHead, float[]> p = new EnumMap<>(ImageHead.class);
        heads.forEach((head, learner) -> p.put(head, learner.parameters()));
        return ImageModel.of(name, shape, p);
    }

    /** The model's file, with numbers of 16 bits. */
    public byte[] toBytes(String training) {
        return model().toBytes(Map.of("training", training), Safetensors.DType.F16);
    }
}
