package org.bbans.model.path;

import java.util.Arrays;
import org.bbans.codec.engine.Engine;
import org.bbans.model.net.Kernels;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.FlowSpec;

/** What the networks of a flow say of a picture, cell by cell in {@link CellLanes}. For one thread. */
final class FlowNetwork {

    private final FlowSpec spec;
    private final CellLanes cells;
    /** By pixel, its lane and its place in its cell. */
    private final int[] lane;
    private final int[] place;
    private final float[][] input;
    private final float[][] hidden;
    private final float[][] active;
    private final float[][] between;
    private final float[][] added;
    private final float[][] outputs;
    /** 0, 1, 2, ..., for all channels. */
    private final int[] all;

    FlowNetwork(FlowSpec spec, Engine engine) {
        this.spec = spec;
        final int channels = spec.channels();
        cells = new CellLanes(Kernels.of(engine), spec.cellRows(), spec.cellColumns(),
                Math.max(channels, FlowSpec.PIXELS));
        lane = new int[spec.dims()];
        place = new int[spec.dims()];
        Arrays.setAll(lane, i -> CellLanes.lane(spec.cell(i), spec.cellColumns()));
        Arrays.setAll(place, spec::place);
        input = new float[FlowSpec.PIXELS][cells.lanes];
        hidden = new float[channels][cells.lanes];
        active = new float[channels][cells.lanes];
        between = new float[channels][cells.lanes];
        added = new float[channels][cells.lanes];
        outputs = new float[2 * FlowSpec.PIXELS][cells.lanes];
        all = new int[channels];
        Arrays.setAll(all, c -> c);
    }

    /** Sets the number of a pixel, for the next call of {@link #run}. */
    void set(int pixel, float value) {
        input[place[pixel]][lane[pixel]] = value;
    }

    /** Computes the outputs of a network. */
    void run(FlowWeights.ResidualWeights w) {
        final Activation activation = spec.activation();
        cells.convolve(input, w.input, w.inputPosition, hidden);
        for (int b = 0; b < w.blocks.length; b++) {
            cells.activate(activation, hidden, active);
            cells.convolve(active, w.blocks[b][0], w.blockBias[b], 0, between);
            cells.activate(activation, between, between);
            cells.kernels.dense(w.blocks[b][1], between, cells.lanes, added);
            cells.add(added, hidden);
        }
        cells.activate(activation, hidden, active);
        cells.kernels.dense(w.output, w.outputPosition, active, all, all.length, cells.lanes, outputs);
    }

    /** The first output for a pixel. */
    float first(int pixel) {
        return outputs[place[pixel]][lane[pixel]];
    }

    /** The second output for a pixel. */
    float second(int pixel) {
        return outputs[FlowSpec.PIXELS + place[pixel]][lane[pixel]];
    }
}
