package org.bbans.model.image;

import java.util.Arrays;
import java.util.List;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.format.CorruptArchiveException;

/**
 * A learning group: codes the rows of a raster in order, block after block, each a payload of its own. What was learnt
 * goes on from block to block, and encoder and decoder keep equal states.
 *
 * <p>Pixel (record r, row y, column x) belongs to front x + s y + u r. Fronts follow one another; in a
 * front, planes do; in a plane, the front's pixels by record and row. All that a pixel looks at lies in earlier fronts.
 */
public final class ImageCoder {

    /** Fronts between a row and the next, at least: what a pixel looks at in the rows above lies in earlier ones. */
    private static final int LEAST_SLOPE = 4;
    /** Pixels of a record that a front has, at most: their sums of least squares stay in the second-level cache. */
    private static final int ROW_LANES = 32;
    private static final int PAD = 4;
    private static final int ABOVE = 3;
    private static final int BATCH = 128;
    /** Pixels of a front that records are packed for. */
    private static final int LANES = 48;
    private static final int TABLE_BITS = 18;
    private static final float LEARNING_RATE = 3e-4f;

    private static final int[][] WINDOW = window();
    private static final int[][] NEAR = {{0, -1}, {-1, 0}, {-1, -1}, {-1, 1}, {0, -2}, {-2, 0}};
    private static final int[] NEAR_WEIGHT = {2, 2, 1, 1, 1, 1};
    private static final int[][] WIDE = {{0, -3}, {-3, 0}, {-2, -2}, {-2, 2}};

    private final ImageModel model;
    private final ImageGrid grid;
    private final ImageOptions options;
    private final ImageKernels kernels;
    private final Engine engine;
    private final PlanePlan[] plans;
    private final int planes;
    private final int height;
    private final int width;
    private final int levels;
    private final int stride;
    private final float firstError;

    private final BitStack stack = new BitStack();
    private boolean decoding;
    private boolean reference;
    private int slope;
    private int recordSlope;
    private int recordSlots;
    private int rowSlots;
    private int history;
    private LeastSquares[] squares;
    private HeadLearner[] heads;
    private DecisionCoder coder;
    private BatchListener listener;
    private int batch;
    private long nextRow;

    /** Padded rows of each plane: samples, errors of their predictions, scales. */
    private float[][] samples;
    private float[][] errors;
    private float[][] scales;
    private long origin;
    /** Of each plane: sample, error and scale of the first pixel of the latest record. */
    private float[] corner;

    private int[][][] featurePlace;
    private int[] windowPlace;
    private int[] nearPlace;
    private int[] widePlace;

    private int[] laneRecord = {};
    private int[] laneRow = {};
    private int[] laneColumn = {};
    private int[] laneAt = {};
    private int[] laneRecordSlot = {};
    private int[] laneRowSlot = {};
    private float[] features = {};
    private float[] references = {};
    private float[] predictions = {};
    private int lanes;

    /** Takes what a head would learn from. */
    interface BatchListener {

        /** Rows 0 to {@code n} of the plane's head. */
        void accept(int plane, HeadLearner head, int n);
    }

    /**
     * A coder at the beginning of a group.
     *
     * @throws IllegalStateException if the engine cannot be had
     */
    public ImageCoder(ImageModel model, ImageGrid grid, ImageOptions options, Engine engine) {
        this.model = model;
        this.grid = grid;
        this.options = options;
        this.engine = engine;
        kernels = ImageKernels.of(engine);
        plans = PlanePlan.of(grid.channels());
        planes = plans.length;
        height = grid.height();
        width = grid.width();
        levels = grid.levels();
        stride = width + 2 * PAD;
        firstError = levels * 0x1p-4f;
    }

    /** Gives batches to a listener instead of learning from them. */
    void setListener(BatchListener listener) {
        this.listener = listener;
    }

    /**
     * Encodes the next rows.
     *
     * @param data unsigned samples, pixels in rows, channels interleaved
     * @param rows number of rows, counted over the records
     * @return the block's payload
     */
    public byte[] encode(short[] data, int rows) {
        if (coder == null) {
            begin(false, options.reference() && grid.allowsReference());
        }
        stack.begin();
        try {
            process(data, rows);
        } catch (CorruptArchiveException e) {
            throw new AssertionError("only a decoder reads the stack", e);
        }
        final byte[] payload = stack.finish(1);
        payload[0] = (byte) (reference ? 1 : 0);
        return payload;
    }

    /**
     * Decodes the next rows.
     *
     * @param payload what {@link #encode} returned for these rows
     * @param data takes the samples
     * @throws CorruptArchiveException if the payload is damaged; the coder is then unusable
     */
    public void decode(byte[] payload, short[] data, int rows) throws CorruptArchiveException {
        if (payload.length < 1 || (payload[0] & ~1) != 0 || payload[0] == 1 && !grid.allowsReference()) {
            throw new CorruptArchiveException("image block: unknown form");
        }
        if (coder == null) {
            begin(true, payload[0] == 1);
        } else if (reference != (payload[0] == 1)) {
            throw new CorruptArchiveException("image block: its form is not that of the block before");
        }
        stack.open(payload, 1);
        process(data, rows);
        if (!stack.isInitial()) {
            throw new CorruptArchiveException("image block: the stack does not end in its initial state");
        }
    }

    private void begin(boolean decode, boolean withReference) {
        decoding = decode;
        reference = withReference;
        slope = Math.max(LEAST_SLOPE, (width + ROW_LANES - 1) / ROW_LANES);
        final long whole = width + (long) slope * (height - 1);
        final long even = ((long) width * height + LANES - 1) / LANES;
        recordSlope = (int) Math.min(Integer.MAX_VALUE, Math.max(slope + 2, Math.min(whole, even)));
        recordSlots = (int) Math.min(grid.records(), (whole + PAD) / recordSlope + 2);
        rowSlots = Math.min(height, (width + slope - 1) / slope + 1);
        history = withReference ? height + 2 * ABOVE + 1 : ABOVE;
        final int capacity = BATCH + recordSlots * rowSlots;
        squares = new LeastSquares[planes];
        heads = new HeadLearner[planes];
        featurePlace = new int[planes][][];
        for (int c = 0; c < planes; c++) {
            final List<PlanePlan.Feature> list = plans[c].features(c, withReference);
            squares[c] = new LeastSquares(list, width, recordSlots, recordSlots * rowSlots, model.windows(), kernels);
            featurePlace[c] = new int[list.size()][];
            for (int i = 0; i < list.size(); i++) {
                final PlanePlan.Feature f = list.get(i);
                featurePlace[c][i] = new int[] {f.plane(),
                    f.dy() * stride + f.dx() - f.frame() * (height + ABOVE) * stride, f.frame()};
            }
            final ImageHead head = plans[c].head();
            heads[c] = new HeadLearner(model.parameters(head), head.paddedInputs(), model.hidden(), levels, capacity,
                kernels, engine);
        }
        windowPlace = places(WINDOW);
        nearPlace = places(NEAR);
        widePlace = places(WIDE);
        coder = new DecisionCoder(stack, decode, options.mixing(), levels, planes, model.contexts(), TABLE_BITS);
        samples = new float[planes][0];
        errors = new float[planes][0];
        scales = new float[planes][0];
        origin = -history;
        corner = new float[3 * planes];
        for (int c = 0; c < planes; c++) {
            corner[3 * c] = levels >> 1;
            corner[3 * c + 1] = firstError;
            corner[3 * c + 2] = firstError;
        }
    }

    private int[] places(int[][] offsets) {
        return Arrays.stream(offsets).mapToInt(o -> o[0] * stride + o[1]).toArray();
    }

    private static int[][] window() {
        final int[][] w = new int[23][];
        int n = 0;
        for (int dy = -3; dy < 0; dy++) {
            for (int dx = dy == -3 ? -2 : -3; dx <= 3; dx++) {
                w[n++] = new int[] {dy, dx};
            }
        }
        for (int dx = -3; dx < 0; dx++) {
            w[n++] = new int[] {0, dx};
        }
        return w;
    }

    /** Number of a row among all rows, with the padding rows in front of each record. */
    private long paddedRow(long record, long row) {
        return record * (height + ABOVE) + ABOVE + row;
    }

    private int place(long record, long row) {
        return (int) (paddedRow(record, row) - origin) * stride + PAD;
    }

    private void process(short[] data, int rows) throws CorruptArchiveException {
        if (rows < 1 || rows > grid.rows() - nextRow || (long) rows * grid.rowSamples() > data.length) {
            throw new IllegalArgumentException("rows out of range: " + rows);
        }
        final long end = nextRow + rows;
        final int firstRecord = (int) (nextRow / height);
        final int firstRow = (int) (nextRow % height);
        final int lastRecord = (int) ((end - 1) / height);
        final int lastRow = (int) ((end - 1) % height);
        shift(paddedRow(firstRecord, firstRow) - (firstRow == 0 ? ABOVE : 0), paddedRow(lastRecord, lastRow));
        long from = (long) slope * firstRow;
        if (lastRecord > firstRecord) {
            from = Math.min(from, recordSlope);
        }
        final long to = Math.max((long) recordSlope * (lastRecord - firstRecord) + (long) slope * lastRow,
            lastRecord > firstRecord
                ? (long) recordSlope * (lastRecord - firstRecord - 1) + (long) slope * (height - 1) : 0) + width;
        int oldest = firstRecord;
        for (long front = from; front < to; front++) {
            for (int r = oldest; r <= lastRecord; r++) {
                final long t = front - (long) recordSlope * (r - firstRecord);
                if (t < 0) {
                    break;
                }
                final int top = r == firstRecord ? firstRow : 0;
                final int bottom = r == lastRecord ? lastRow : height - 1;
                final int low = (int) Math.max(top, (t - width + slope) / slope);
                final int high = (int) Math.min(bottom, t / slope);
                if (t - width + 1 > (long) slope * bottom && r == oldest) {
                    oldest++;
                }
                for (int y = low; y <= high; y++) {
                    lane(r, y, (int) (t - (long) slope * y));
                }
            }
            if (lanes > 0) {
                front(data, nextRow);
            }
        }
        nextRow = end;
    }

    private void lane(int record, int row, int column) {
        if (lanes == laneRecord.length) {
            final int size = Math.max(64, 2 * lanes);
            laneRecord = Arrays.copyOf(laneRecord, size);
            laneRow = Arrays.copyOf(laneRow, size);
            laneColumn = Arrays.copyOf(laneColumn, size);
            laneAt = Arrays.copyOf(laneAt, size);
            laneRecordSlot = Arrays.copyOf(laneRecordSlot, size);
            laneRowSlot = Arrays.copyOf(laneRowSlot, size);
            references = new float[size];
            predictions = new float[LeastSquares.RESULTS * size];
            features = new float[size * 48];
        }
        laneRecord[lanes] = record;
        laneRow[lanes] = row;
        laneColumn[lanes] = column;
        laneAt[lanes] = place(record, row) + column;
        laneRecordSlot[lanes] = record % recordSlots;
        laneRowSlot[lanes] = laneRecordSlot[lanes] * rowSlots + row % rowSlots;
        lanes++;
    }

    /** Makes room for the padded rows up to {@code last}; {@code first} is the first one that is new. */
    private void shift(long first, long last) {
        final long start = first - history;
        final int size = Math.toIntExact((last - start + 1) * stride);
        for (int c = 0; c < planes; c++) {
            samples[c] = moved(samples[c], start, size);
            errors[c] = moved(errors[c], start, size);
            scales[c] = moved(scales[c], start, size);
        }
        origin = start;
    }

    private float[] moved(float[] rows, long start, int size) {
        final float[] to = rows.length == size ? rows : new float[size];
        final int kept = (int) Math.min((long) history * stride, rows.length);
        final int from = (int) Math.min(rows.length - kept, (start - origin) * stride);
        System.arraycopy(rows, from, to, 0, kept);
        Arrays.fill(to, kept, size, 0f);
        return to;
    }

    /** Codes the lanes, and learns from them if they are enough. */
    private void front(short[] data, long firstRow) throws CorruptArchiveException {
        for (int i = 0; i < lanes; i++) {
            if (laneColumn[i] == 0) {
                launch(i);
            }
        }
        for (int c = 0; c < planes; c++) {
            scales(c);
        }
        for (int c = 0; c < planes; c++) {
            predict(c);
            inputs(c);
            if (listener == null) {
                heads[c].forward(batch, lanes);
            }
            for (int i = 0; i < lanes; i++) {
                code(c, i, data, firstRow);
            }
        }
        if (stack.ranDry()) {
            throw new CorruptArchiveException("image block: it ends before its samples do");
        }
        batch += lanes;
        lanes = 0;
        if (batch >= BATCH) {
            for (int c = 0; c < planes; c++) {
                if (listener != null) {
                    listener.accept(c, heads[c], batch);
                } else if (options.learning()) {
                    heads[c].learn(batch, LEARNING_RATE);
                }
            }
            batch = 0;
        }
    }

    /** Fills the padding that a row begins with. */
    private void launch(int lane) {
        final int at = laneAt[lane];
        for (int c = 0; c < planes; c++) {
            squares[c].launch(laneRecordSlot[lane], laneRowSlot[lane]);
            if (laneRow[lane] == 0) {
                fillRecord(samples[c], at, corner[3 * c]);
                fillRecord(errors[c], at, corner[3 * c + 1]);
                fillRecord(scales[c], at, corner[3 * c + 2]);
            } else {
                fillLeft(samples[c], at);
                fillLeft(errors[c], at);
                fillLeft(scales[c], at);
            }
        }
    }

    private void fillRecord(float[] rows, int at, float v) {
        Arrays.fill(rows, at - ABOVE * stride - PAD, at, v);
    }

    private void fillLeft(float[] rows, int at) {
        Arrays.fill(rows, at - PAD, at, rows[at - stride]);
    }

    /** Writes a number, and where the row is a record's first or the pixel a row's last, the padding beside it. */
    private void put(float[] rows, int lane, float v) {
        final int at = laneAt[lane];
        rows[at] = v;
        if (laneRow[lane] == 0) {
            final int n = Math.min(PAD, width + PAD - 1 - laneColumn[lane]);
            for (int y = 1; y <= ABOVE; y++) {
                Arrays.fill(rows, at - y * stride + 1, at - y * stride + 1 + n, v);
            }
        }
        if (laneColumn[lane] == width - 1) {
            Arrays.fill(rows, at + 1, at + 1 + PAD, v);
        }
    }

    /** The local error of each pixel: a weighted mean of the errors' magnitudes at six neighbours. */
    private void scales(int c) {
        final float[] e = errors[c];
        for (int i = 0; i < lanes; i++) {
            final int at = laneAt[i];
            float sum = 0f;
            for (int k = 0; k < nearPlace.length; k++) {
                sum = Math.fma(Math.abs(e[at + nearPlace[k]]), NEAR_WEIGHT[k], sum);
            }
            put(scales[c], i, Math.fma(sum, 0.125f, 0.4f));
        }
    }

    private void predict(int c) {
        final float[] own = samples[c];
        for (int i = 0; i < lanes; i++) {
            references[i] = (own[laneAt[i] - 1] + own[laneAt[i] - stride]) * 0.5f;
        }
        if (!options.leastSquares()) {
            for (int i = 0; i < lanes; i++) {
                final float p = median(own, laneAt[i]) - references[i];
                Arrays.fill(predictions, LeastSquares.RESULTS * i, LeastSquares.RESULTS * (i + 1), p);
            }
            return;
        }
        final int width = squares[c].stride();
        final int[][] place = featurePlace[c];
        for (int k = 0; k < place.length; k++) {
            final float[] from = samples[place[k][0]];
            final int offset = place[k][1];
            final int ground = place[k][2] == 0 ? 0 : -(height + ABOVE) * stride;
            for (int i = 0; i < lanes; i++) {
                final int at = laneAt[i];
                features[i * width + k] =
                    from[at + offset] - (from[at + ground - 1] + from[at + ground - stride]) * 0.5f;
            }
        }
        squares[c].predict(lanes, laneRecordSlot, laneRowSlot, laneColumn, features, plans[c].least(),
            plans[c].middle(), predictions);
    }

    private float median(float[] v, int at) {
        final float w = v[at - 1];
        final float n = v[at - stride];
        final float nw = v[at - stride - 1];
        final float low = w < n ? w : n;
        final float high = w < n ? n : w;
        return nw >= high ? low : nw <= low ? high : w + n - nw;
    }

    private float clamp(float p) {
        final float low = -0.25f * levels;
        final float high = 1.25f * levels;
        final float v = p > low ? p : low;
        return v < high ? v : high;
    }

    /** log2, linear between powers of two. */
    private static float log2(float x) {
        return (Float.floatToRawIntBits(x) - 0x3F800000) * 0x1p-23f;
    }

    private void inputs(int c) {
        final HeadLearner head = heads[c];
        final float[] own = samples[c];
        final float[] e = errors[c];
        final int count = plans[c].head().inputs();
        final int padded = plans[c].head().paddedInputs();
        final float[] x = head.x;
        for (int i = 0; i < lanes; i++) {
            final int at = laneAt[i];
            final float s = scales[c][at];
            final float unit = 1f / s;
            final float p = clamp(references[i] + predictions[LeastSquares.RESULTS * i + 2]);
            head.prediction[batch + i] = p;
            head.scale[batch + i] = s;
            final int first = (batch + i) * padded;
            int to = first;
            for (int place : windowPlace) {
                x[to++] = (own[at + place] - p) * unit;
            }
            x[to++] = (clamp(references[i] + predictions[LeastSquares.RESULTS * i]) - p) * unit;
            x[to++] = (clamp(references[i] + predictions[LeastSquares.RESULTS * i + 1]) - p) * unit;
            x[to++] = model.windows() < 2 ? 0f
                : (clamp(references[i] + predictions[LeastSquares.RESULTS * i + 3]) - p) * unit;
            x[to++] = (median(own, at) - p) * unit;
            for (int place : nearPlace) {
                final float d = e[at + place] * unit;
                x[to++] = d;
                x[to++] = Math.abs(d);
            }
            float wide = 0f;
            for (int place : widePlace) {
                wide += scales[c][at + place];
            }
            x[to++] = log2(s) - 1f;
            x[to++] = log2(wide * 0.25f * unit);
            x[to++] = p * 2f / levels - 1f;
            x[to++] = p * unit;
            x[to++] = (levels - 1 - p) * unit;
            if (plans[c].head() == ImageHead.GREY) {
                x[to++] = laneColumn[i] * 2f / width - 1f;
                x[to++] = laneRow[i] * 2f / height - 1f;
                final int before = at - (height + ABOVE) * stride;
                x[to++] = reference ? (own[before] - p) * unit : 0f;
                x[to++] = reference ? e[before] * unit : 0f;
            } else {
                for (int d : plans[c].coded()) {
                    to = coded(x, to, d, at, s, unit);
                }
                for (int d : plans[c].open()) {
                    for (int k = 0; k < 4; k++) {
                        x[to++] = errors[d][at + nearPlace[k]] * unit;
                    }
                    x[to++] = log2(scales[d][at] * unit);
                }
            }
            if (to != first + count) {
                throw new AssertionError(to - first);
            }
            Arrays.fill(x, to, first + padded, 0f);
        }
        squash(x, batch * padded, lanes * padded);
    }

    /** Ten inputs from a plane that is coded already. */
    private int coded(float[] x, int first, int d, int at, float s, float unit) {
        int to = first;
        final float e = errors[d][at];
        final float v = samples[d][at];
        final float other = 1f / scales[d][at];
        x[to++] = e * other;
        x[to++] = e * unit;
        x[to++] = Math.abs(e) * other;
        x[to++] = (v - (samples[d][at - 1] + samples[d][at - stride]) * 0.5f) * unit;
        x[to++] = (v - samples[d][at - stride]) * unit;
        x[to++] = (v - samples[d][at - 1]) * unit;
        x[to++] = errors[d][at - 1] * unit;
        x[to++] = errors[d][at - stride] * unit;
        x[to++] = errors[d][at - stride - 1] * unit;
        x[to++] = log2(scales[d][at] * unit);
        return to;
    }

    private static void squash(float[] x, int off, int n) {
        for (int i = off; i < off + n; i++) {
            x[i] = x[i] / Math.fma(Math.abs(x[i]), 0.16666667f, 1f);
        }
    }

    private void code(int c, int lane, short[] data, long firstRow) {
        final HeadLearner head = heads[c];
        final int row = batch + lane;
        final int at = laneAt[lane];
        final long line = (long) laneRecord[lane] * height + laneRow[lane] - firstRow;
        final int place = (int) (line * width + laneColumn[lane]) * planes + plans[c].channel();
        final float s = head.scale[row];
        final int scaleClass = Math.max(0, Math.min(15, (int) (log2(s + 0.05f) * 2f + 4f)));
        final int shift = contexts(c, lane, Math.round(head.prediction[row]));
        final int v = listener != null ? data[place] & 0xFFFF : coder.code(c, data[place] & 0xFFFF, shift, scaleClass,
            head, row);
        if (decoding) {
            data[place] = (short) v;
        }
        head.value[row] = v;
        put(samples[c], lane, v);
        final float e = v - head.prediction[row];
        put(errors[c], lane, e);
        if (laneRow[lane] == 0 && laneColumn[lane] == 0) {
            corner[3 * c] = v;
            corner[3 * c + 1] = e;
            corner[3 * c + 2] = s;
        }
        if (options.leastSquares()) {
            squares[c].store(laneRecordSlot[lane], laneColumn[lane], features, lane * squares[c].stride(),
                v - references[lane], 1f / Math.fma(Math.abs(e), LeastSquares.OWN_ERROR, s));
        }
    }

    /** Sets the contexts of exact values; returns what the sample is coded as a difference to. */
    private int contexts(int c, int lane, int p) {
        final int[] k = coder.context;
        final int at = laneAt[lane];
        final float[] own = samples[c];
        final int w = (int) own[at - 1];
        final int n = (int) own[at - stride];
        final int ne = (int) own[at - stride + 1];
        if (plans[c].coded().length == 0) {
            final int nw = (int) own[at - stride - 1];
            final int near = DecisionCoder.hash(w << 16 | n, nw << 16 | ne);
            k[0] = DecisionCoder.hash(w << 16 | n, 1);
            k[1] = DecisionCoder.hash(p, 2);
            k[2] = DecisionCoder.hash(w << 16 | n, nw + 3);
            k[3] = grid.records() > 1
                ? DecisionCoder.hash(laneColumn[lane] << 16 | laneRow[lane], 4)
                : DecisionCoder.hash(near, (int) own[at - 2] << 16 | (int) own[at - 2 * stride]);
            if (reference) {
                k[1] = DecisionCoder.hash((int) own[at - (height + ABOVE) * stride], 7);
            }
            return 0;
        }
        final int d = plans[c].coded()[0];
        final float[] base = samples[d];
        final int g = (int) base[at];
        int other = 0;
        int exact = g;
        if (plans[c].coded().length > 1) {
            final int b = (int) samples[plans[c].coded()[1]][at];
            other = b - g;
            exact = DecisionCoder.hash(g, b);
        }
        final int west = w - (int) base[at - 1];
        final int north = n - (int) base[at - stride];
        final int q = p - g;
        k[0] = DecisionCoder.hash(exact, 10 + c);
        k[1] = DecisionCoder.hash(DecisionCoder.hash(q, other), 20 + c);
        k[2] = DecisionCoder.hash(DecisionCoder.hash(west, north), DecisionCoder.hash(other, 30 + c));
        k[3] = DecisionCoder.hash(DecisionCoder.hash(exact, w), DecisionCoder.hash((int) base[at - 1], 40 + c));
        return g;
    }
}
