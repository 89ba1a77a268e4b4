package org.bbans.model.chain;

import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.ans.StackUnderflowException;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.RecordCodec;
import org.bbans.model.file.ModelFile;
import org.bbans.model.latent.LatentModel;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.Network;

/**
 * Codes blocks of records with a latent-variable model: a chain of bits-back steps over groups of records.
 *
 * <p>A payload is a {@link ChainHeader} and the stack that is left after all groups. The last records of a block are
 * coded first, so that decoding yields records in order. The first group or groups coded are plain (latents at the
 * prior's median, none popped or pushed): they put the bits on the stack that later groups sample their latents from.
 * If latents have several layers, the next groups may have the upper ones only, so that a deep model needs no more
 * plain records than a flat one.
 *
 * <p>In a block of few records the pixels of a front are coded together, if the model has fronts: both directions then
 * fill lanes that would be empty.
 *
 * <p>Safe for use by several threads at once, each of which gets a workspace of its own.
 */
public final class LatentRecordCodec implements RecordCodec {

    /** Records to estimate costs from. */
    private static final int COST_RECORDS = 32;

    private final ModelFile file;
    private final Network network;
    private final Queue<LatentModel> idle = new ConcurrentLinkedQueue<>();
    private final AtomicLong work = new AtomicLong();

    /**
     * A codec.
     *
     * @throws CorruptArchiveException if the model's weights are so large that some record could overflow
     */
    public LatentRecordCodec(ModelFile file) throws CorruptArchiveException {
        this.file = file;
        this.network = new Network(file);
    }

    /** The model file. */
    public ModelFile model() {
        return file;
    }

    @Override
    public int dims() {
        return network.spec.dims();
    }

    @Override
    public int levels() {
        return network.spec.levels();
    }

    @Override
    public String name() {
        return network.spec.name();
    }

    @Override
    public byte[] sha256() {
        return file.sha256();
    }

    @Override
    public byte[] encode(byte[] samples, int records, IntConsumer done) {
        return encode(samples, records, engineFor(records), done);
    }

    @Override
    public void decode(byte[] payload, byte[] samples, int records, IntConsumer done) throws CorruptArchiveException {
        decode(payload, samples, records, engineFor(records), done);
    }

    byte[] encode(byte[] samples, int records, Engine engine, IntConsumer done) {
        checkSamples(samples, records);
        for (int i = 0, end = records * dims(); i < end; i++) {
            if ((samples[i] & 0xFF) >= levels()) {
                throw new IllegalArgumentException("sample " + i + " is " + (samples[i] & 0xFF) + ", the model has "
                    + levels() + " levels");
            }
        }
        final int lanes = lanesFor(records, ChainHeader.bestLanes(network.spec));
        final boolean fronts = records < Kernels.LANE_UNIT && ChainHeader.allowsFronts(network.spec, lanes);
        final LatentModel model = borrow(engine, lanes, fronts);
        final ChainHeader plan = ChainPlan.of(model, (n, step, x) -> gather(samples, 0, step, n, x), records, lanes);
        final byte[] payload = encode(model, plan, samples, records, done);
        idle.add(model);
        return payload;
    }

    /** Codes by a plan, or by the first more cautious one that works; the model has the plan's order. */
    byte[] encode(LatentModel model, ChainHeader plan, byte[] samples, int records, IntConsumer done) {
        final Chain chain = new Chain(model, plan.lanes());
        ChainHeader header = plan;
        while (true) {
            final AnsStack stack = new AnsStack(header.heads());
            stack.setEngine(model.engine());
            int coded = 0;
            try {
                while (coded < records) {
                    final int size = header.groupSize(coded, records);
                    gather(samples, records - coded - size, 1, size, chain.x);
                    chain.push(stack, size, header.depth(coded, layers()));
                    coded += size;
                    done.accept(coded);
                }
            } catch (StackUnderflowException e) {
                header = ChainPlan.afterUnderflow(header, coded, records);
                continue;
            }
            final byte[] bits = stack.toBytes();
            final byte[] payload = new byte[header.sizeInBytes() + bits.length];
            header.write(payload);
            System.arraycopy(bits, 0, payload, header.sizeInBytes(), bits.length);
            return payload;
        }
    }

    void decode(byte[] payload, byte[] samples, int records, Engine engine, IntConsumer done)
            throws CorruptArchiveException {
        checkSamples(samples, records);
        decode(payload, samples, records, records, engine, done);
    }

    /** Decodes the first {@code wanted} records or some more, for groups are whole; returns how many. */
    private int decode(byte[] payload, byte[] samples, int records, int wanted, Engine engine, IntConsumer done)
            throws CorruptArchiveException {
        final ChainHeader header = ChainHeader.read(payload);
        if (header.plain() > records || network.spec.latents() == 0 && header.plain() != records
            || header.plain() == 0) {
            throw new CorruptArchiveException("model payload: " + header.plain() + " plain records among " + records);
        }
        if (header.ramp() && layers() < 2) {
            throw new CorruptArchiveException("model payload: its latents have no layers to begin with one of");
        }
        if (header.lanes() > ChainHeader.maxLanes(network.spec)) {
            throw new CorruptArchiveException("model payload: too many lanes for records of this size");
        }
        if (header.fronts() && !ChainHeader.allowsFronts(network.spec, header.lanes())) {
            throw new CorruptArchiveException("model payload: the model has no fronts, or none for so many lanes");
        }
        final LatentModel model = borrow(engine, lanesFor(records, header.lanes()), header.fronts());
        try {
            final int off = header.sizeInBytes();
            final AnsStack stack = AnsStack.fromBytes(payload, off, payload.length - off, header.heads());
            stack.setEngine(model.engine());
            final Chain chain = new Chain(model, Math.min(header.lanes(), records));
            final List<Integer> groups = header.groups(records);
            int decoded = 0;
            for (int i = groups.size() - 1; i >= 0 && decoded < wanted; i--) {
                final int coded = groups.get(i);
                final int size = header.groupSize(coded, records);
                chain.pop(stack, size, header.depth(coded, layers()));
                scatter(chain.x, samples, decoded, size);
                decoded += size;
                done.accept(decoded);
            }
            if (decoded == records && !stack.isInitial()) {
                throw new CorruptArchiveException("model payload: it does not end in the initial state");
            }
            return decoded;
        } catch (StackUnderflowException e) {
            throw new CorruptArchiveException("model payload: it ends too early", e);
        } catch (IllegalArgumentException e) {
            throw new CorruptArchiveException("model payload: " + e.getMessage(), e);
        } finally {
            idle.add(model);
        }
    }

    /**
     * Estimates what records with and without latents take, from the block's first ones.
     *
     * @param payload a block's payload, of which no more than necessary is decoded
     * @param records number of records in the block
     * @throws CorruptArchiveException if the payload is not of this model
     */
    public ChainCost cost(byte[] payload, int records) throws CorruptArchiveException {
        final byte[] samples = new byte[dims() * Math.min(records, COST_RECORDS + ChainHeader.MAX_LANES)];
        final Engine engine = engineFor(COST_RECORDS);
        final int decoded =
            decode(payload, samples, records, Math.min(records, COST_RECORDS), engine, done -> { });
        final int looked = Math.min(decoded, lanesFor(records, ChainHeader.bestLanes(network.spec)));
        final int[] x = new int[dims() * looked];
        gather(samples, 0, 1, looked, x);
        final LatentModel model = borrow(engine, looked, false);
        try {
            return ChainCost.of(model, x, looked);
        } finally {
            idle.add(model);
        }
    }

    private int layers() {
        return network.spec.layers().size();
    }

    /** The engine for the work so far and this block: vector code pays only once it has been compiled. */
    private Engine engineFor(int records) {
        return Engines.forWork(work.addAndGet(Math.max(0, records) * network.spec.multiplyAdds()));
    }

    private static int lanesFor(int records, int most) {
        int lanes = most;
        while (lanes > 1 && lanes / 2 >= records) {
            lanes /= 2;
        }
        return lanes;
    }

    private LatentModel borrow(Engine engine, int lanes, boolean fronts) {
        LatentModel model = idle.poll();
        while (model != null
            && (model.engine() != engine || model.capacity() < lanes || model.fronts() != fronts)) {
            model = idle.poll();
        }
        return model != null ? model : new LatentModel(network, engine, lanes, fronts);
    }

    private void checkSamples(byte[] samples, int records) {
        if (records < 1) {
            throw new IllegalArgumentException("a block has at least one record: " + records);
        }
        Objects.checkFromIndexSize(0, Math.multiplyExact(records, dims()), samples.length);
    }

    /** Records {@code first}, {@code first + step} and so on to sample-major order. */
    private void gather(byte[] samples, int first, int step, int records, int[] x) {
        final int dims = dims();
        for (int j = 0; j < records; j++) {
            final int from = (first + j * step) * dims;
            for (int i = 0; i < dims; i++) {
                x[i * records + j] = samples[from + i] & 0xFF;
            }
        }
    }

    private void scatter(int[] x, byte[] samples, int first, int records) {
        final int dims = dims();
        for (int j = 0; j < records; j++) {
            final int to = (first + j) * dims;
            for (int i = 0; i < dims; i++) {
                samples[to + i] = (byte) x[i * records + j];
            }
        }
    }

    /** One step of the chain for a group of records. */
    private static final class Chain {

        private final LatentModel model;
        private final int[] x;
        private final int[] z;

        Chain(LatentModel model, int lanes) {
            this.model = model;
            x = new int[model.spec().dims() * lanes];
            z = new int[model.spec().latents() * lanes];
        }

        void push(AnsStack stack, int records, int depth) {
            model.group(records);
            if (depth == 0) {
                model.plain().push(stack, x, 0);
            } else {
                model.bitsBack(depth).push(stack, x, 0, z, 0);
            }
        }

        void pop(AnsStack stack, int records, int depth) {
            model.group(records);
            if (depth == 0) {
                model.plain().pop(stack, x, 0);
            } else {
                model.bitsBack(depth).pop(stack, x, 0, z, 0);
            }
        }
    }
}
