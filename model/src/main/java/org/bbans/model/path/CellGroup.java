package org.bbans.model.path;

import org.bbans.codec.Codec;
import org.bbans.codec.PathCodec;
import org.bbans.codec.Tape;
import org.bbans.codec.distribution.Distribution;
import org.bbans.codec.engine.Engine;
import org.bbans.model.chain.GroupModel;
import org.bbans.model.chain.RecordModel;

/** A {@link CellModel} over one record at a time. */
abstract sealed class CellGroup implements GroupModel permits DiffusionGroup, FlowGroup {

    /** Intervals of the symbols at hand. */
    final int[] start;
    /** Their lengths. */
    final int[] freq;
    private final CellModel model;
    private final Engine engine;
    private final PathCodec codec;
    private final Tape tape = new Tape();

    CellGroup(CellModel model, Engine engine, PathCodec codec) {
        this.model = model;
        this.engine = engine;
        this.codec = codec;
        start = new int[model.dims()];
        freq = new int[model.dims()];
    }

    @Override
    public final RecordModel model() {
        return model;
    }

    @Override
    public final Engine engine() {
        return engine;
    }

    @Override
    public final int capacity() {
        return 1;
    }

    @Override
    public final boolean fronts() {
        return false;
    }

    @Override
    public final void group(int records) {
        if (records != 1) {
            throw new IllegalArgumentException("a group has one record: " + records);
        }
    }

    @Override
    public final Codec at(int depth) {
        return depth == 0 ? plain() : codec;
    }

    /** The codec of records without states. */
    abstract Codec plain();

    /** Bits of the first symbols. */
    final double bits(Distribution distribution, int[] symbols, int n) {
        distribution.intervals(symbols, 0, n, start, freq);
        return bits(n);
    }

    /** Bits of the intervals at hand. */
    final double bits(int n) {
        tape.clear();
        tape.add(start, freq, null, n);
        return tape.bits();
    }
}
