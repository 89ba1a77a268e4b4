package org.bbans.model.causal;

import java.util.List;
import org.bbans.model.net.Dense;
import org.bbans.model.net.Kernels;
import org.bbans.model.spec.Activation;

/**
 * A channel's layers after the trunk. Each of them sees the pixel's earlier channels besides the layer before it.
 */
final class Tail {

    private final Kernels kernels;
    private final List<Dense> layers;
    private final Activation activation;
    private final float[][][] outputs;
    private final float[][][] inputs;

    Tail(Workspace w, List<Dense> layers) {
        this.layers = layers;
        activation = w.spec().activation();
        kernels = w.kernels();
        outputs = new float[layers.size()][][];
        inputs = new float[layers.size()][][];
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = new float[layers.get(i).outputs()][w.lanes()];
            inputs[i] = new float[layers.get(i).inputs()][];
        }
    }

    /**
     * The parameters of the channel's distribution.
     *
     * @param hidden what the trunk gives
     * @param coded the pixel's channels; the earlier ones have been set
     * @param channel number of the channel
     */
    float[][] forward(float[][] hidden, float[][] coded, int channel, int lanes) {
        float[][] rows = hidden;
        for (int i = 0; i < outputs.length; i++) {
            System.arraycopy(rows, 0, inputs[i], 0, rows.length);
            System.arraycopy(coded, 0, inputs[i], rows.length, channel);
            kernels.dense(layers.get(i), inputs[i], lanes, outputs[i]);
            if (i < outputs.length - 1) {
                kernels.activate(activation, outputs[i], outputs[i].length, lanes);
            }
            rows = outputs[i];
        }
        return rows;
    }
}
