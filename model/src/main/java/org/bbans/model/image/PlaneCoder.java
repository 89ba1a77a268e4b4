package org.bbans.model.image;

import java.util.Arrays;
import java.util.List;
import org.bbans.codec.math.Decisions;

/** Codes one plane's pixels of a front: predictions, the network's inputs, contexts. */
final class PlaneCoder {

    private static final int[][] NEAR = {{0, -1}, {-1, 0}, {-1, -1}, {-1, 1}, {0, -2}, {-2, 0}};
    private static final int[] NEAR_WEIGHT = {2, 2, 1, 1, 1, 1};
    private static final int[][] WIDE = {{0, -3}, {-3, 0}, {-2, -2}, {-2, 2}};
    private static final int RESULTS = LeastSquares.RESULTS;

    private final int own;
    private final PlanePlan plan;
    private final ImageGrid grid;
    private final FrontLanes lanes;
    private final PlaneRows[] planes;
    private final PlaneRows rows;
    private final HeadLearner head;
    /** Null if the median edge detector predicts instead. */
    private final LeastSquares squares;
    private final boolean reference;
    private final boolean wide;
    private final int levels;
    private final int stride;

    /** Of each feature: plane, distance from the pixel, and how far its record lies back. */
    private final int[][] featurePlace;
    private final int[] nearPlace;
    private final int[] widePlace;

    /** What each pixel's sample is coded as a difference to. */
    private int[] shifts = {};
    private float[] features = {};
    private float[] grounds = {};
    private float[] predictions = {};

    /**
     * A plane.
     *
     * @param own its number
     * @param lanes the pixels of the front
     * @param planes the rows of all planes
     * @param shape how much work is done
     */
    PlaneCoder(int own, PlanePlan plan, ImageGrid grid, FrontLanes lanes, PlaneRows[] planes, HeadLearner head,
            LeastSquares squares, boolean reference, ImageShape shape) {
        this.own = own;
        this.plan = plan;
        this.grid = grid;
        this.lanes = lanes;
        this.planes = planes;
        this.head = head;
        this.squares = squares;
        this.reference = reference;
        wide = shape.windows() > 1;
        rows = planes[own];
        levels = grid.levels();
        stride = rows.stride;
        final List<PlanePlan.Feature> list = plan.features(own, shape.far(), reference);
        featurePlace = new int[list.size()][];
        for (int i = 0; i < featurePlace.length; i++) {
            final PlanePlan.Feature f = list.get(i);
            final int back = f.frame() * rows.recordStride;
            featurePlace[i] = new int[] {f.plane(), f.dy() * stride + f.dx() - back, back};
        }
        nearPlace = places(NEAR);
        widePlace = places(WIDE);
    }

    private int[] places(int[][] offsets) {
        return Arrays.stream(offsets).mapToInt(o -> o[0] * stride + o[1]).toArray();
    }

    HeadLearner head() {
        return head;
    }

    /** Begins the row of a first pixel. */
    void launch(int lane) {
        rows.launch(lanes.row[lane], lanes.at[lane]);
        if (squares != null) {
            squares.launch(lanes.recordSlot[lane], lanes.rowSlot[lane]);
        }
    }

    /** The local error of each pixel: a weighted mean of the errors' magnitudes at six neighbours. */
    void scales() {
        final float[] e = rows.errors;
        for (int i = 0; i < lanes.count; i++) {
            final int at = lanes.at[i];
            float sum = 0f;
            for (int k = 0; k < nearPlace.length; k++) {
                sum = Math.fma(Math.abs(e[at + nearPlace[k]]), NEAR_WEIGHT[k], sum);
            }
            rows.putScale(lanes, i, Math.fma(sum, 0.125f, 0.4f));
        }
    }

    /** Predicts all pixels and gives their inputs to the head, whose rows begin with {@code first}. */
    void prepare(int first) {
        predict();
        inputs(first);
    }

    private void predict() {
        final float[] v = rows.samples;
        if (grounds.length < lanes.count) {
            grounds = new float[lanes.record.length];
            predictions = new float[RESULTS * grounds.length];
            shifts = new int[grounds.length];
            features = new float[(squares == null ? 0 : squares.stride()) * grounds.length];
        }
        for (int i = 0; i < lanes.count; i++) {
            grounds[i] = ground(v, lanes.at[i]);
        }
        if (squares == null) {
            for (int i = 0; i < lanes.count; i++) {
                Arrays.fill(predictions, RESULTS * i, RESULTS * (i + 1), median(v, lanes.at[i]) - grounds[i]);
            }
            return;
        }
        final int width = squares.stride();
        for (int k = 0; k < featurePlace.length; k++) {
            final float[] from = planes[featurePlace[k][0]].samples;
            final int distance = featurePlace[k][1];
            final int back = featurePlace[k][2];
            for (int i = 0; i < lanes.count; i++) {
                final int at = lanes.at[i];
                features[i * width + k] = from[at + distance] - ground(from, at - back);
            }
        }
        squares.predict(lanes, features, plan.least(), plan.middle(), predictions);
    }

    /** What numbers around a pixel are relative to. */
    private float ground(float[] v, int at) {
        return (v[at - 1] + v[at - stride]) * 0.5f;
    }

    private float median(float[] v, int at) {
        final float w = v[at - 1];
        final float n = v[at - stride];
        final float nw = v[at - stride - 1];
        final float low = w < n ? w : n;
        final float high = w < n ? n : w;
        return nw >= high ? low : nw <= low ? high : w + n - nw;
    }

    private float predicted(int lane, int which) {
        final float p = grounds[lane] + predictions[RESULTS * lane + which];
        final float low = -0.25f * levels;
        final float high = 1.25f * levels;
        final float v = p > low ? p : low;
        return v < high ? v : high;
    }

    /** log2, linear between powers of two. */
    private static float log2(float x) {
        return (Float.floatToRawIntBits(x) - 0x3F800000) * 0x1p-23f;
    }

    private void inputs(int first) {
        final int padded = plan.head().paddedInputs();
        final float[] x = head.x;
        for (int i = 0; i < lanes.count; i++) {
            final int at = lanes.at[i];
            final float s = rows.scales[at];
            final float unit = 1f / s;
            final float p = predicted(i, 2);
            head.prediction[first + i] = p;
            head.scale[first + i] = s;
            final int from = (first + i) * padded;
            int to = ownInputs(x, from, i, p, s, unit);
            to = plan.head() == ImageHead.GREY ? placeInputs(x, to, i, p, unit) : colourInputs(x, to, at, unit);
            if (to != from + plan.head().inputs()) {
                throw new AssertionError(to - from);
            }
            Arrays.fill(x, to, from + padded, 0f);
        }
        squash(x, first * padded, lanes.count * padded);
    }

    private int ownInputs(float[] x, int from, int lane, float p, float s, float unit) {
        final float[] v = rows.samples;
        final float[] e = rows.errors;
        final int at = lanes.at[lane];
        int to = from;
        to = around(v, at - 3 * stride - 2, 6, p, unit, x, to);
        to = around(v, at - 2 * stride - 3, 7, p, unit, x, to);
        to = around(v, at - stride - 3, 7, p, unit, x, to);
        to = around(v, at - 3, 3, p, unit, x, to);
        x[to++] = (predicted(lane, 0) - p) * unit;
        x[to++] = (predicted(lane, 1) - p) * unit;
        x[to++] = wide ? (predicted(lane, 3) - p) * unit : 0f;
        x[to++] = (median(v, at) - p) * unit;
        for (int place : nearPlace) {
            final float d = e[at + place] * unit;
            x[to++] = d;
            x[to++] = Math.abs(d);
        }
        float around = 0f;
        for (int place : widePlace) {
            around += rows.scales[at + place];
        }
        x[to++] = log2(s) - 1f;
        x[to++] = log2(around * 0.25f * unit);
        x[to++] = p * 2f / levels - 1f;
        x[to++] = p * unit;
        x[to++] = (levels - 1 - p) * unit;
        return to;
    }

    /** A row's samples relative to the prediction. */
    private static int around(float[] v, int from, int n, float p, float unit, float[] x, int to) {
        for (int i = 0; i < n; i++) {
            x[to + i] = (v[from + i] - p) * unit;
        }
        return to + n;
    }

    private int placeInputs(float[] x, int from, int lane, float p, float unit) {
        final int before = lanes.at[lane] - rows.recordStride;
        x[from] = lanes.column[lane] * 2f / grid.width() - 1f;
        x[from + 1] = lanes.row[lane] * 2f / grid.height() - 1f;
        x[from + 2] = reference ? (rows.samples[before] - p) * unit : 0f;
        x[from + 3] = reference ? rows.errors[before] * unit : 0f;
        return from + 4;
    }

    private int colourInputs(float[] x, int from, int at, float unit) {
        int to = from;
        for (int d : plan.coded()) {
            final float[] v = planes[d].samples;
            final float[] e = planes[d].errors;
            final float other = 1f / planes[d].scales[at];
            x[to++] = e[at] * other;
            x[to++] = e[at] * unit;
            x[to++] = Math.abs(e[at]) * other;
            x[to++] = (v[at] - ground(v, at)) * unit;
            x[to++] = (v[at] - v[at - stride]) * unit;
            x[to++] = (v[at] - v[at - 1]) * unit;
            x[to++] = e[at - 1] * unit;
            x[to++] = e[at - stride] * unit;
            x[to++] = e[at - stride - 1] * unit;
            x[to++] = log2(planes[d].scales[at] * unit);
        }
        for (int d : plan.open()) {
            for (int k = 0; k < 4; k++) {
                x[to++] = planes[d].errors[at + nearPlace[k]] * unit;
            }
            x[to++] = log2(planes[d].scales[at] * unit);
        }
        return to;
    }

    private static void squash(float[] x, int off, int n) {
        for (int i = off; i < off + n; i++) {
            x[i] = x[i] / Math.fma(Math.abs(x[i]), 0.16666667f, 1f);
        }
    }

    /** Finds the contexts of all pixels' samples; those of this front do not depend on each other. */
    void contexts(DecisionCoder coder, int first) {
        for (int i = 0; i < lanes.count; i++) {
            final int p = Math.round(head.prediction[first + i]);
            shifts[i] = contexts(coder.context, DecisionCoder.MAX_CONTEXTS * i, i, p);
            coder.expect(i, p - shifts[i]);
        }
    }

    /** Codes a pixel's sample by row {@code row} of the head; returns it. */
    int code(LevelCoder coder, int lane, int row, int sample) {
        final int v = coder instanceof SearchCoder search
                ? search.code(sample, head, row)
                : ((DecisionCoder) coder).code(own, lane, sample, shifts[lane], scaleClass(head.scale[row]), head, row);
        keep(lane, row, v);
        return v;
    }

    /** The class of a local error, 0 to 15. */
    static int scaleClass(float scale) {
        return Math.max(0, Math.min(15, (int) (log2(scale + 0.05f) * 2f + 4f)));
    }

    /** Keeps what later pixels look at. */
    void keep(int lane, int row, int sample) {
        final float e = sample - head.prediction[row];
        head.value[row] = sample;
        rows.putSample(lanes, lane, sample, e);
        if (squares != null) {
            squares.store(lanes.recordSlot[lane], lanes.column[lane], features, lane * squares.stride(),
                    sample - grounds[lane], 1f / Math.fma(Math.abs(e), LeastSquares.OWN_ERROR, head.scale[row]));
        }
    }

    /** Sets the contexts of exact values; returns what the sample is coded as a difference to. */
    private int contexts(int[] to, int k, int lane, int p) {
        final int at = lanes.at[lane];
        final float[] v = rows.samples;
        final int w = (int) v[at - 1];
        final int n = (int) v[at - stride];
        if (plan.coded().length == 0) {
            final int nw = (int) v[at - stride - 1];
            final int ne = (int) v[at - stride + 1];
            final int pair = w << 16 | n;
            to[k] = Decisions.hash(pair, 1);
            to[k + 1] = reference ? Decisions.hash((int) v[at - rows.recordStride], 7) : Decisions.hash(p, 2);
            to[k + 2] = Decisions.hash(pair, nw + 3);
            to[k + 3] = grid.records() > 1
                    ? Decisions.hash(lanes.column[lane] << 16 | lanes.row[lane], 4)
                    : Decisions.hash(Decisions.hash(pair, nw << 16 | ne),
                            (int) v[at - 2] << 16 | (int) v[at - 2 * stride]);
            to[k + 4] = Decisions.hash(w << 16 | (int) v[at - 2], 5);
            to[k + 5] = Decisions.hash(n << 16 | (int) v[at - 2 * stride], 6);
            return 0;
        }
        final float[] base = planes[plan.coded()[0]].samples;
        final int g = (int) base[at];
        int other = 0;
        int exact = g;
        if (plan.coded().length > 1) {
            final int second = (int) planes[plan.coded()[1]].samples[at];
            other = second - g;
            exact = Decisions.hash(g, second);
        }
        final int gw = (int) base[at - 1];
        final int gn = (int) base[at - stride];
        to[k] = Decisions.hash(exact, 10 + own);
        to[k + 1] = Decisions.hash(Decisions.hash(p - g, other), 20 + own);
        to[k + 2] = Decisions.hash(Decisions.hash(w - gw, n - gn), Decisions.hash(other, 30 + own));
        to[k + 3] = Decisions.hash(Decisions.hash(exact, w), Decisions.hash(gw, 40 + own));
        to[k + 4] = Decisions.hash(Decisions.hash(exact, n), Decisions.hash(gn, 50 + own));
        to[k + 5] = Decisions.hash(Decisions.hash(Decisions.hash(exact, w), n),
                Decisions.hash(gw << 16 | gn, 60 + own));
        return g;
    }
}
