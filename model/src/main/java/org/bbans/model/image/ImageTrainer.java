package org.bbans.model.image;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.math.Decisions;

/**
 * Trains the networks of an {@link ImageModel} on crops of images: the coder computes the inputs, and the networks take
 * the steps that they take while coding, on samples drawn from many crops. What comes out does not depend on the
 * number of threads.
 */
public final class ImageTrainer {

    /** Samples that a network learns from in a step. */
    public static final int BATCH = 1024;

    private static final ImageOptions OPTIONS = new ImageOptions(false, true, true, false);

    private final String name;
    private final ImageShape shape;
    private final double decay;
    private final Engine engine;
    private final Map<ImageHead, HeadLearner> heads = new EnumMap<>(ImageHead.class);
    private final Map<ImageHead, float[]> averages = new EnumMap<>(ImageHead.class);
    /** Steps that each network has taken. */
    private final int[] taken = new int[ImageHead.values().length];

    /**
     * A stretch of images.
     *
     * @param grid extents, of one channel or of three
     * @param samples unsigned samples, pixels in rows, channels interleaved
     */
    public record Crop(ImageGrid grid, short[] samples) {}

    /**
     * A trainer whose networks have random weights.
     *
     * @param shape the model's sizes
     * @param decay of the moving average of the weights, which is what comes out; below 1
     */
    public ImageTrainer(String name, ImageShape shape, double decay, long seed, Engine engine) {
        this.name = name;
        this.shape = shape;
        this.decay = decay;
        this.engine = engine;
        final SplittableRandom random = new SplittableRandom(seed);
        for (ImageHead head : ImageHead.values()) {
            final HeadLearner learner = new HeadLearner(initial(head, random), head.paddedInputs(), shape, 256, BATCH,
                    engine);
            heads.put(head, learner);
            averages.put(head, learner.parameters().clone());
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

    /** Begins with a model's weights instead. */
    public void load(ImageModel model) {
        for (ImageHead head : ImageHead.values()) {
            final float[] from = model.parameters(head);
            System.arraycopy(from, 0, heads.get(head).parameters(), 0, from.length);
            averages.put(head, from);
        }
    }

    /** Inputs of a network and what they are to predict, from many crops. */
    private static final class Pool {

        private final ImageHead head;
        private final int inputs;
        private final float[] x;
        private final float[] prediction;
        private final float[] scale;
        private final float[] value;
        private final float[] top;

        Pool(ImageHead head, int size) {
            this.head = head;
            inputs = head.paddedInputs();
            x = new float[Math.multiplyExact(size, inputs)];
            prediction = new float[size];
            scale = new float[size];
            value = new float[size];
            top = new float[size];
        }

        int size() {
            return top.length;
        }

        void store(int at, HeadLearner from, int n) {
            System.arraycopy(from.x, 0, x, at * inputs, n * inputs);
            System.arraycopy(from.prediction, 0, prediction, at, n);
            System.arraycopy(from.scale, 0, scale, at, n);
            System.arraycopy(from.value, 0, value, at, n);
            Arrays.fill(top, at, at + n, from.top[0]);
        }

        void load(int at, HeadLearner to, int row) {
            System.arraycopy(x, at * inputs, to.x, row * inputs, inputs);
            to.prediction[row] = prediction[at];
            to.scale[row] = scale[at];
            to.value[row] = value[at];
            to.top[row] = top[at];
        }
    }

    /**
     * Takes steps, the same number with each network that the crops have samples for: with that of planes alone if
     * there are crops of one channel, with those of colours if there are crops of three.
     *
     * @param crops of one channel or of three
     * @param rates step sizes, one for each step
     * @param seed of the order of the samples
     * @param workers computes crops, then networks, side by side
     * @return mean code length in bits a sample, before the steps
     */
    public double train(List<Crop> crops, float[] rates, long seed, ExecutorService workers) {
        final Map<Integer, List<Crop>> kinds = new TreeMap<>();
        crops.forEach(crop -> kinds.computeIfAbsent(crop.grid.channels(), c -> new ArrayList<>()).add(crop));
        final List<Pool> pools = new ArrayList<>();
        final List<Callable<Double>> tasks = new ArrayList<>();
        kinds.forEach((channels, those) -> pools.addAll(prepare(channels, those, tasks)));
        run(workers, tasks);
        final List<Callable<Double>> steps = new ArrayList<>();
        for (Pool pool : pools) {
            steps.add(() -> train(pool, rates, seed));
        }
        return run(workers, steps).stream().mapToDouble(x -> x).average().orElse(Double.NaN);
    }

    /** Makes the pools of crops of as many channels, and adds a task for each crop that fills them. */
    private List<Pool> prepare(int channels, List<Crop> crops, List<Callable<Double>> tasks) {
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException("crops have one channel or three, not " + channels);
        }
        final int size = crops.stream().mapToInt(ImageTrainer::pixels).sum();
        final PlanePlan[] plans = PlanePlan.of(channels);
        final List<Pool> pools = Arrays.stream(plans).map(plan -> new Pool(plan.head(), size)).toList();
        int first = 0;
        for (Crop crop : crops) {
            final int from = first;
            tasks.add(() -> {
                final int[] at = new int[plans.length];
                Arrays.fill(at, from);
                final ImageCoder coder = new ImageCoder(model(), crop.grid, OPTIONS, engine);
                coder.setListener((plane, head, n) -> {
                    pools.get(plane).store(at[plane], head, n);
                    at[plane] += n;
                });
                coder.encode(crop.samples, Math.toIntExact(crop.grid.rows()));
                return 0.0;
            });
            first += pixels(crop);
        }
        return pools;
    }

    private static int pixels(Crop crop) {
        return Math.toIntExact(crop.grid.rows() * crop.grid.width());
    }

    private static List<Double> run(ExecutorService workers, List<Callable<Double>> tasks) {
        try {
            final List<Double> results = new ArrayList<>();
            for (Future<Double> result : workers.invokeAll(tasks)) {
                results.add(result.get());
            }
            return results;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("training was interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private double train(Pool pool, float[] rates, long seed) {
        final HeadLearner to = heads.get(pool.head);
        final float[] average = averages.get(pool.head);
        final SplittableRandom random = new SplittableRandom(seed + pool.head.ordinal());
        final int[] order = new int[pool.size()];
        int next = order.length;
        int done = taken[pool.head.ordinal()];
        double loss = 0;
        for (float rate : rates) {
            for (int i = 0; i < BATCH; i++) {
                if (next == order.length) {
                    shuffle(order, random);
                    next = 0;
                }
                pool.load(order[next++], to, i);
            }
            to.forward(0, BATCH);
            to.learn(BATCH, rate);
            for (int i = 0; i < BATCH; i++) {
                loss -= Decisions.log2(to.likelihood[i]);
            }
            // The first weights are soon forgotten.
            final float part = (float) (1 - Math.min(decay, (1.0 + done) / (10.0 + done)));
            done++;
            final float[] now = to.parameters();
            for (int i = 0; i < average.length; i++) {
                average[i] += (now[i] - average[i]) * part;
            }
        }
        taken[pool.head.ordinal()] = done;
        return loss / ((double) BATCH * rates.length);
    }

    private static void shuffle(int[] order, SplittableRandom random) {
        for (int i = 0; i < order.length; i++) {
            final int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
    }

    /** The model as it is now, of averaged weights. */
    public ImageModel model() {
        return ImageModel.of(name, shape, averages);
    }

    /** Bytes of {@link #write}. */
    public int stateBytes() {
        return heads.values().stream().mapToInt(h -> 4 + 4 * (h.state().stream().mapToInt(a -> a.length).sum()
                + h.parameters().length)).sum();
    }

    /** Writes all that further steps depend on. */
    public void write(ByteBuffer out) {
        heads.forEach((head, learner) -> {
            out.putInt(taken[head.ordinal()]);
            arrays(head).forEach(array -> {
                for (float v : array) {
                    out.putFloat(v);
                }
            });
        });
    }

    /** Reads what {@link #write} has written. */
    public void read(ByteBuffer in) {
        heads.forEach((head, learner) -> {
            taken[head.ordinal()] = in.getInt();
            arrays(head).forEach(array -> {
                for (int i = 0; i < array.length; i++) {
                    array[i] = in.getFloat();
                }
            });
        });
    }

    private List<float[]> arrays(ImageHead head) {
        final List<float[]> arrays = new ArrayList<>(heads.get(head).state());
        arrays.add(averages.get(head));
        return arrays;
    }
}
