package org.bbans.model.net;

import java.util.List;
import org.bbans.model.spec.Activation;

/** The outputs of a stack of dense layers, all but the last with an activation. A workspace: one for each thread. */
public final class Mlp {

    private final List<Dense> layers;
    private final Activation activation;
    private final float[][][] outputs;

    /**
     * A workspace.
     *
     * @param layers the layers that it will evaluate
     * @param activation what follows each layer but the last
     * @param capacity greatest number of lanes
     */
    public Mlp(List<Dense> layers, Activation activation, int capacity) {
        this.layers = layers;
        this.activation = activation;
        outputs = new float[layers.size()][][];
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = new float[layers.get(i).outputs()][capacity];
        }
    }

    /**
     * Evaluates all layers.
     *
     * @param input rows of the inputs that are not zero
     * @param inputIndex which input each row is
     * @param k number of rows
     * @return the last layer's outputs, overwritten by the next call
     */
    public float[][] forward(Kernels kernels, float[][] input, int[] inputIndex, int k, int lanes) {
        kernels.dense(layers.get(0), input, inputIndex, k, lanes, outputs[0]);
        return forwardRest(kernels, lanes);
    }

    private float[][] forwardRest(Kernels kernels, int lanes) {
        for (int i = 1; i < outputs.length; i++) {
            kernels.activate(activation, outputs[i - 1], outputs[i - 1].length, lanes);
            kernels.dense(layers.get(i), outputs[i - 1], lanes, outputs[i]);
        }
        return outputs();
    }

    /** Evaluates all layers, given rows of all inputs, and returns the last layer's outputs. */
    public float[][] forward(Kernels kernels, float[][] input, int lanes) {
        kernels.dense(layers.get(0), input, lanes, outputs[0]);
        return forwardRest(kernels, lanes);
    }

    /** The last layer's outputs; the arrays are the same after every evaluation. */
    public float[][] outputs() {
        return outputs[outputs.length - 1];
    }

    /** The outputs of the layer before the last one, activated; the arrays are the same after every evaluation. */
    public float[][] lastHidden() {
        return outputs[outputs.length - 2];
    }

    /** Evaluates all layers, the last one with its activation too; without layers these are the inputs. */
    public float[][] forwardHidden(Kernels kernels, float[][] input, int lanes) {
        float[][] rows = input;
        for (int i = 0; i < outputs.length; i++) {
            kernels.dense(layers.get(i), rows, lanes, outputs[i]);
            kernels.activate(activation, outputs[i], outputs[i].length, lanes);
            rows = outputs[i];
        }
        return rows;
    }
}
