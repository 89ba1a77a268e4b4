package org.bbans.model.image;

import org.bbans.codec.engine.Engine;
import org.bbans.codec.format.CorruptArchiveException;

/**
 * A learning group: codes the rows of a raster in order, block after block, each a payload of its own. What was learnt
 * goes on from block to block, and encoder and decoder keep equal states.
 *
 * <p>Pixels are coded front after front ({@link FrontOrder}); in a front, planes follow one another; in a plane, the
 * front's pixels by record and row. All that a pixel looks at lies in earlier fronts or planes.
 */
public final class ImageCoder {

    /** Pixels after which a step of learning is taken. */
    private static final int BATCH = 128;
    /** A step's size is this, divided by the root of the hidden units: the fewer there are, the more each one moves. */
    private static final float LEARNING_RATE = 0.0048f;

    /** Bits of a payload's first byte. */
    private static final int REFERENCE = 1;
    private static final int SEARCHED = 2;

    private final ImageModel model;
    private final ImageGrid grid;
    private final ImageOptions options;
    private final Engine engine;
    private final FrontOrder order;
    private final FrontLanes lanes;
    private final PlanePlan[] plans;
    private final PlaneRows[] rows;
    private final PlaneCoder[] planes;
    private final BitStack stack = new BitStack();
    private final float rate;

    private boolean decoding;
    private boolean reference;
    private boolean mixing;
    private LevelCoder coder;
    private BatchListener listener;
    /** Null unless somebody wants to know what the pixels of the next block take. */
    private float[] costs;
    /** Pixels that are kept for learning, and batches of them that have been. */
    private int batch;
    private long batches;
    private long nextRow;

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
        order = FrontOrder.of(grid);
        lanes = new FrontLanes(order);
        plans = PlanePlan.of(grid.channels());
        rows = new PlaneRows[plans.length];
        planes = new PlaneCoder[plans.length];
        rate = LEARNING_RATE / (float) Math.sqrt(model.shape().hidden());
    }

    /** Gives batches to a listener; nothing is coded or learnt then. */
    void setListener(BatchListener listener) {
        this.listener = listener;
    }

    /**
     * Encodes the next rows.
     *
     * @param data unsigned samples, pixels in rows, channels interleaved
     * @param count number of rows, counted over the records
     * @return the block's payload
     */
    public byte[] encode(short[] data, int count) {
        if (coder == null) {
            begin(false, options.reference() && grid.allowsReference(), options.mixing());
        }
        stack.begin();
        try {
            process(data, count);
        } catch (CorruptArchiveException e) {
            throw new AssertionError("only a decoder reads the stack", e);
        }
        final byte[] payload = stack.finish(1);
        payload[0] = (byte) ((reference ? REFERENCE : 0) | (mixing ? 0 : SEARCHED));
        return payload;
    }

    /**
     * What some rows take.
     *
     * @param bytes with adaptive counts
     * @param withoutCounts nearly those without
     */
    record Sizes(int bytes, double withoutCounts) {}

    /**
     * Encodes the first rows with adaptive counts, only to see what they take.
     *
     * @param data unsigned samples, pixels in rows, channels interleaved
     * @param count number of rows, counted over the records
     */
    Sizes sizes(short[] data, int count) {
        begin(false, options.reference() && grid.allowsReference(), true);
        final BitStack alone = new BitStack();
        ((DecisionCoder) coder).writeAlone(alone);
        final int bytes = encode(data, count).length;
        return new Sizes(bytes, alone.cost(0) / Byte.SIZE);
    }

    /**
     * Encodes the next rows, only to see what their pixels take.
     *
     * @param data unsigned samples, pixels in rows, channels interleaved
     * @param count number of rows, counted over the records
     * @return bits of each pixel
     */
    float[] costs(short[] data, int count) {
        costs = new float[Math.multiplyExact(count, grid.width())];
        try {
            encode(data, count);
            return costs;
        } finally {
            costs = null;
        }
    }

    /**
     * Decodes the next rows.
     *
     * @param payload what {@link #encode} returned for these rows
     * @param data takes the samples
     * @param count number of rows, counted over the records
     * @throws CorruptArchiveException if the payload is damaged; the coder is then unusable
     */
    public void decode(byte[] payload, short[] data, int count) throws CorruptArchiveException {
        if (payload.length < 1 || (payload[0] & ~(REFERENCE | SEARCHED)) != 0) {
            throw new CorruptArchiveException("image block: unknown form");
        }
        final boolean withReference = refers(payload[0]);
        if (withReference && !grid.allowsReference()) {
            throw new CorruptArchiveException("image block: records as large as these do not refer to others");
        }
        if (coder == null) {
            begin(true, withReference, mixes(payload[0]));
        } else if (reference != withReference || mixing != mixes(payload[0])) {
            throw new CorruptArchiveException("image block: its form is not that of the block before");
        }
        stack.open(payload, 1);
        process(data, count);
        if (!stack.isInitial()) {
            throw new CorruptArchiveException("image block: the stack does not end in its initial state");
        }
    }

    /** Whether records are predicted from the record before, in payloads of this form. */
    static boolean refers(int form) {
        return (form & REFERENCE) != 0;
    }

    /** Whether adaptive counts join the networks' mixtures, in payloads of this form. */
    static boolean mixes(int form) {
        return (form & SEARCHED) == 0;
    }

    private void begin(boolean decode, boolean withReference, boolean withCounts) {
        decoding = decode;
        reference = withReference;
        mixing = withCounts;
        final ImageShape shape = model.shape();
        final int most = order.recordSlots() * order.rowSlots();
        for (int c = 0; c < planes.length; c++) {
            rows[c] = new PlaneRows(grid, reference);
        }
        for (int c = 0; c < planes.length; c++) {
            final ImageHead head = plans[c].head();
            final HeadLearner learner = new HeadLearner(model.parameters(head), head.paddedInputs(), shape,
                    grid.levels(), BATCH + most, engine);
            final LeastSquares squares = options.leastSquares()
                    ? new LeastSquares(plans[c].features(c, shape.far(), reference).size(), grid.width(), order,
                            shape.windows(), ImageKernels.of(engine))
                    : null;
            planes[c] = new PlaneCoder(c, plans[c], grid, lanes, rows, learner, squares, reference,
                    shape);
        }
        coder = mixing
                ? new DecisionCoder(stack, decode, grid.levels(), planes.length, most, grid.samples(), shape)
                : new SearchCoder(stack, decode, grid.levels(), shape);
    }

    private void process(short[] data, int count) throws CorruptArchiveException {
        if (count < 1 || count > grid.rows() - nextRow || (long) count * grid.rowSamples() > data.length) {
            throw new IllegalArgumentException("rows out of range: " + count);
        }
        final int height = grid.height();
        final int firstRecord = (int) (nextRow / height);
        final int firstRow = (int) (nextRow % height);
        final int lastRecord = (int) ((nextRow + count - 1) / height);
        final int lastRow = (int) ((nextRow + count - 1) % height);
        for (PlaneRows r : rows) {
            r.shift(firstRecord, firstRow, lastRecord, lastRow);
        }
        final long slope = order.slope();
        final long recordSlope = order.recordSlope();
        final int records = lastRecord - firstRecord;
        final long from = records > 0 ? Math.min(slope * firstRow, recordSlope) : slope * firstRow;
        final long last = recordSlope * records + slope * lastRow;
        final long to =
                grid.width()
                        + (records > 0 ? Math.max(last, recordSlope * (records - 1) + slope * (height - 1)) : last);
        int oldest = firstRecord;
        for (long front = from; front < to; front++) {
            for (int r = oldest; r <= lastRecord; r++) {
                final long t = front - recordSlope * (r - firstRecord);
                if (t < 0) {
                    break;
                }
                final int bottom = r == lastRecord ? lastRow : height - 1;
                if (t - grid.width() + 1 > slope * bottom && r == oldest) {
                    oldest++;
                }
                row(r, (int) Math.max(r == firstRecord ? firstRow : 0, (t - grid.width() + slope) / slope),
                        (int) Math.min(bottom, t / slope), t);
            }
            if (lanes.count > 0) {
                front(data);
                lanes.count = 0;
            }
        }
        nextRow += count;
        if (listener != null && batch > 0 && nextRow == grid.rows()) {
            learn();
        }
    }

    /** Adds the pixels of a record's rows from {@code low} to {@code high} that belong to the record's front t. */
    private void row(int record, int low, int high, long t) {
        for (int y = low; y <= high; y++) {
            final int x = (int) (t - (long) order.slope() * y);
            lanes.add(record, y, x, rows[0].place(record, y) + x);
        }
    }

    /** Codes the lanes, and learns if there has been enough. */
    private void front(short[] data) throws CorruptArchiveException {
        for (PlaneCoder plane : planes) {
            for (int i = 0; i < lanes.count; i++) {
                if (lanes.column[i] == 0) {
                    plane.launch(i);
                }
            }
        }
        for (PlaneCoder plane : planes) {
            plane.scales();
        }
        for (int c = 0; c < planes.length; c++) {
            planes[c].prepare(batch);
            if (listener == null) {
                planes[c].head().forward(batch, lanes.count);
            }
            code(planes[c], plans[c].channel(), data);
        }
        if (stack.ranDry()) {
            throw new CorruptArchiveException("image block: it ends before its samples do");
        }
        batch += lanes.count;
        if (batch >= BATCH) {
            learn();
        }
    }

    private void code(PlaneCoder plane, int channel, short[] data) {
        if (listener == null && coder instanceof DecisionCoder digits) {
            plane.contexts(digits, batch);
        }
        for (int i = 0; i < lanes.count; i++) {
            final long line = (long) lanes.record[i] * grid.height() + lanes.row[i] - nextRow;
            final int pixel = (int) (line * grid.width() + lanes.column[i]);
            final int place = pixel * grid.channels() + channel;
            final int sample = data[place] & 0xFFFF;
            if (listener != null) {
                plane.keep(i, batch + i, sample);
            } else {
                final int before = stack.written();
                final int v = plane.code(coder, i, batch + i, sample);
                if (costs != null) {
                    costs[pixel] += (float) stack.cost(before);
                }
                if (decoding) {
                    data[place] = (short) v;
                }
            }
        }
    }

    private void learn() {
        for (int c = 0; c < planes.length; c++) {
            if (listener != null) {
                listener.accept(c, planes[c].head(), batch);
            } else if (options.learning() && batches % model.shape().interval() == 0) {
                planes[c].head().learn(batch, rate);
            }
        }
        batch = 0;
        batches++;
    }
}
