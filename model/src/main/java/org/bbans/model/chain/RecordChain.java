package org.bbans.model.chain;

import java.util.Objects;
import java.util.Optional;
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
import org.bbans.codec.set.Draws;
import org.bbans.model.causal.ContextCounts;
import org.bbans.model.causal.Lanes;
import org.bbans.model.net.Kernels;

/**
 * Codes blocks of records with any model that codes groups of them: a chain of bits-back steps.
 *
 * <p>A payload is a {@link ChainHeader}, the stack that is left after all groups, and how records are {@link Turns
 * turned}, if they are. The last records of a block are
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
public final class RecordChain implements RecordCodec {

    /** Records on which learning has to prove itself. */
    private static final int TRIAL_RECORDS = 512;
    /** Records that {@link #cost} decodes, one group at least. */
    public static final int COST_RECORDS = 32;

    private final RecordModel model;
    private final String name;
    private final byte[] sha256;
    private final boolean thorough;
    private final Queue<GroupModel> idle = new ConcurrentLinkedQueue<>();
    private final AtomicLong work = new AtomicLong();

    /**
     * A codec.
     *
     * @param name the model's name
     * @param sha256 SHA-256 of the model file
     * @param thorough whether it makes payloads as small as it can, at several times the cost: it codes records turned
     *     and the model learns while it encodes, each if it can and if that pays
     */
    public RecordChain(RecordModel model, String name, byte[] sha256, boolean thorough) {
        this.model = model;
        this.name = name;
        this.sha256 = sha256.clone();
        this.thorough = thorough;
    }

    @Override
    public int dims() {
        return model.dims();
    }

    @Override
    public int levels() {
        return model.levels();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public byte[] sha256() {
        return sha256.clone();
    }

    @Override
    public byte[] encode(byte[] samples, int records, IntConsumer done) {
        return encode(samples, records, false, engineFor(records), done);
    }

    @Override
    public byte[] encodeSet(byte[] samples, int records, IntConsumer done) {
        return encode(samples, records, true, engineFor(records), done);
    }

    @Override
    public void decodeSet(byte[] payload, byte[] samples, int records, IntConsumer done)
            throws CorruptArchiveException {
        checkSamples(samples, records);
        decode(payload, samples, records, records, true, engineFor(records), done);
    }

    @Override
    public void decode(byte[] payload, byte[] samples, int records, IntConsumer done) throws CorruptArchiveException {
        decode(payload, samples, records, engineFor(records), done);
    }

    byte[] encode(byte[] samples, int records, Engine engine, IntConsumer done) {
        return encode(samples, records, false, engine, done);
    }

    /** Codes records, on an engine; {@code set} says that their order does not matter. */
    byte[] encode(byte[] samples, int records, boolean set, Engine engine, IntConsumer done) {
        checkSamples(samples, records);
        for (int i = 0, end = records * dims(); i < end; i++) {
            if ((samples[i] & 0xFF) >= levels()) {
                throw new IllegalArgumentException("sample " + i + " is " + (samples[i] & 0xFF) + ", the model has "
                        + levels() + " levels");
            }
        }
        if (!thorough || set) {
            return encode(samples, records, set, false, engine, done);
        }
        final Optional<Turns> turns = turns(samples, records, engine, done);
        if (turns.isEmpty()) {
            return encodeLearning(samples, records, engine, done);
        }
        final int ways = Turns.ways(model.raster().get());
        return turns.get().appendedTo(encodeLearning(turns.get().turned(samples), records, engine,
                coded -> done.accept((int) ((ways * (long) records + coded) / (ways + 1)))));
    }

    /** How to turn records, if that pays; {@code done} is told a part of what will then be done at the end. */
    private Optional<Turns> turns(byte[] samples, int records, Engine engine, IntConsumer done) {
        if (model.raster().isEmpty()) {
            return Optional.empty();
        }
        final int lanes = lanesFor(records, model.bestLanes());
        final int ways = Turns.ways(model.raster().get());
        final GroupModel groups = borrow(engine, lanes, false);
        final Optional<Turns> turns = Turns.choose(groups, model.raster().get(), samples, records, lanes,
                tried -> done.accept((int) (ways * (long) tried / (ways + 1))));
        idle.add(groups);
        return turns;
    }

    private byte[] encodeLearning(byte[] samples, int records, Engine engine, IntConsumer done) {
        if (!model.learns() || isFew(records) || nonzero(samples, records) > ContextCounts.MOST_OBSERVED) {
            return encode(samples, records, false, false, engine, done);
        }
        final int some = Math.min(records, TRIAL_RECORDS);
        final byte[] plain = encode(samples, some, false, false, engine, n -> {});
        final byte[] learnt = encode(samples, some, false, true, engine, n -> {});
        final boolean pays = learnt.length < plain.length;
        if (some == records) {
            done.accept(records);
            return pays ? learnt : plain;
        }
        return encode(samples, records, false, pays, engine, done);
    }

    private byte[] encode(byte[] samples, int records, boolean set, boolean learn, Engine engine, IntConsumer done) {
        final int lanes = lanesFor(records, model.bestLanes());
        final GroupModel groups = borrow(engine, lanes, isFew(records) && model.allowsFronts(lanes));
        groups.steps(model.steps());
        final ChainHeader plan = ChainPlan.of(groups, (n, step, x) -> gather(samples, 0, step, n, x), records, lanes,
                set ? Draws.bits(samples, records, dims()) : -1).withLearning(learn);
        final byte[] payload = encode(groups, plan, samples, records, done);
        idle.add(groups);
        return payload;
    }

    /** Whether so few records leave lanes empty. */
    private static boolean isFew(int records) {
        return records < Kernels.LANE_UNIT;
    }

    private long nonzero(byte[] samples, int records) {
        long n = 0;
        for (int i = 0, end = records * dims(); i < end; i++) {
            n += -(samples[i] & 0xFF) >>> 31;
        }
        return n;
    }

    /** Counts of the levels of all groups, in the order in which they are decoded. */
    private ContextCounts observe(GroupModel groups, ChainHeader header, byte[] samples, int records) {
        final ContextCounts counts = groups.counts(records);
        final int[] x = new int[dims() * header.lanes()];
        final int[] starts = header.groups(records);
        for (int i = starts.length - 1; i >= 0; i--) {
            final int size = header.groupSize(starts[i], records);
            gather(samples, records - starts[i] - size, 1, size, x);
            counts.observe(x, size);
        }
        return counts;
    }

    /** Codes by a plan, or by the first more cautious one that works; the workspace has the plan's order. */
    byte[] encode(GroupModel groups, ChainHeader plan, byte[] samples, int records, IntConsumer done) {
        final int[] x = new int[dims() * plan.lanes()];
        ChainHeader header = plan;
        while (true) {
            final AnsStack stack = new AnsStack(header.heads());
            stack.setEngine(groups.engine());
            final Draws draws = header.undrawn() == 0 ? null : Draws.encoder(samples, records, dims(), header.lanes());
            final int[] rows = new int[header.lanes()];
            final ContextCounts counts = header.learning() ? observe(groups, header, samples, records) : null;
            int left = header.groups(records).length;
            int coded = 0;
            groups.learn(counts);
            try {
                while (coded < records) {
                    left--;
                    final int size = header.groupSize(coded, records);
                    if (draws == null) {
                        gather(samples, records - coded - size, 1, size, x);
                    } else {
                        draws.draw(coded < header.undrawn() ? null : stack, rows, size);
                        gather(samples, rows, size, x);
                    }
                    if (counts != null) {
                        counts.replay(left);
                    }
                    groups.group(size);
                    groups.at(header.depth(coded, model.layers().length)).push(stack, x, 0);
                    coded += size;
                    done.accept(coded);
                }
            } catch (StackUnderflowException e) {
                header = ChainPlan.afterUnderflow(header, coded, records);
                continue;
            } finally {
                groups.learn(null);
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
        decode(payload, samples, records, records, false, engine, done);
        final ChainHeader header = ChainHeader.read(payload, false);
        if (header.turned()) {
            Turns.read(model.raster().get(), header, payload, records).restore(samples);
        }
    }

    /**
     * Decodes the first {@code wanted} records or some more, for groups are whole, as they are coded, turned or not;
     * returns how many.
     */
    int decode(byte[] payload, byte[] samples, int records, int wanted, boolean set, Engine engine,
            IntConsumer done)
            throws CorruptArchiveException {
        final ChainHeader header = ChainHeader.read(payload, set);
        if (header.plain() > records || model.layers().length == 0 && header.plain() != records
                || header.plain() == 0) {
            throw new CorruptArchiveException("model payload: " + header.plain() + " plain records among " + records);
        }
        if (header.ramp() && model.layers().length < 2) {
            throw new CorruptArchiveException("model payload: the ramp flag is set, but the model has no layers of"
                    + " latents to bring in one by one");
        }
        if (header.lanes() > model.mostLanes()) {
            throw new CorruptArchiveException("model payload: too many lanes for records of this size");
        }
        if (header.fronts() && !model.allowsFronts(header.lanes())) {
            throw new CorruptArchiveException("model payload: the model has no fronts, or none for so many lanes");
        }
        if (header.steps() > model.mostSteps() || header.steps() == 0 && model.mostSteps() > 0) {
            throw new CorruptArchiveException("model payload: " + header.steps() + " steps of time, the model "
                    + (model.mostSteps() == 0 ? "has no time" : "takes 1 to " + model.mostSteps()));
        }
        if (header.learning() && (!model.learns() || header.fronts() || set)) {
            throw new CorruptArchiveException("model payload: the model learns nothing"
                    + (model.learns() ? set ? " from records without order" : " in fronts" : ""));
        }
        if (header.turned() && (model.raster().isEmpty() || set)) {
            throw new CorruptArchiveException("model payload: records are turned"
                    + (set ? " that have no order" : ", but the model knows no rows"));
        }
        if (header.turned()) {
            Turns.read(model.raster().get(), header, payload, records);
        }
        final GroupModel groups = borrow(engine, lanesFor(records, header.lanes()), header.fronts());
        groups.steps(header.steps());
        groups.learn(header.learning() ? groups.counts(records) : null);
        try {
            final int off = header.sizeInBytes();
            final int end = payload.length - (header.turned() ? Turns.sizeInBytes(records) : 0);
            final AnsStack stack = AnsStack.fromBytes(payload, off, end - off, header.heads());
            stack.setEngine(groups.engine());
            final int[] x = new int[dims() * Math.min(header.lanes(), records)];
            final int[] starts = header.groups(records);
            final Draws draws = set ? Draws.decoder(samples, records, dims(), header.lanes()) : null;
            int decoded = 0;
            for (int i = starts.length - 1; i >= 0 && decoded < wanted; i--) {
                final int coded = starts[i];
                final int size = header.groupSize(coded, records);
                groups.group(size);
                groups.at(header.depth(coded, model.layers().length)).pop(stack, x, 0);
                scatter(x, samples, decoded, size);
                if (set) {
                    draws.giveBack(coded < header.undrawn() ? null : stack, decoded, size);
                }
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
            groups.learn(null);
            idle.add(groups);
        }
    }

    /**
     * Estimates what records with and without latents take, from the block's first ones.
     *
     * @param payload a block's payload, of which no more than necessary is decoded
     * @param records number of records in the block
     * @param set whether their order does not matter
     * @throws CorruptArchiveException if the payload is not of this model
     */
    public ChainCost cost(byte[] payload, int records, boolean set) throws CorruptArchiveException {
        final byte[] samples = new byte[dims() * Math.min(records, COST_RECORDS + Lanes.MAX)];
        final Engine engine = engineFor(COST_RECORDS);
        final int decoded = decode(payload, samples, records, Math.min(records, COST_RECORDS), set, engine,
                done -> {});
        final int looked = Math.min(decoded, lanesFor(records, model.bestLanes()));
        final int[] x = new int[dims() * looked];
        gather(samples, 0, 1, looked, x);
        final GroupModel groups = borrow(engine, looked, false);
        groups.steps(ChainHeader.read(payload, set).steps());
        try {
            return ChainCost.of(groups, x, looked);
        } finally {
            idle.add(groups);
        }
    }

    @Override
    public long multiplyAdds() {
        return model.multiplyAdds();
    }

    @Override
    public long memory(long records) {
        return model.memory(lanesFor((int) Math.min(records, Integer.MAX_VALUE), model.mostLanes()))
                + (model.learns() ? ContextCounts.memory(records) : 0);
    }

    /** The engine for the work so far and this block: vector code pays only once it has been compiled. */
    private Engine engineFor(int records) {
        return Engines.forWork(work.addAndGet(Math.max(0, records) * model.multiplyAdds()));
    }

    private static int lanesFor(int records, int most) {
        int lanes = most;
        while (lanes > 1 && lanes / 2 >= records) {
            lanes /= 2;
        }
        return lanes;
    }

    private GroupModel borrow(Engine engine, int records, boolean fronts) {
        GroupModel groups = idle.poll();
        while (groups != null
                && (groups.engine() != engine || groups.capacity() < records || groups.fronts() != fronts)) {
            groups = idle.poll();
        }
        return groups != null ? groups : model.groups(engine, records, fronts);
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

    /** Records of these numbers to sample-major order. */
    private void gather(byte[] samples, int[] rows, int records, int[] x) {
        final int dims = dims();
        for (int j = 0; j < records; j++) {
            for (int i = 0; i < dims; i++) {
                x[i * records + j] = samples[rows[j] * dims + i] & 0xFF;
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
}
