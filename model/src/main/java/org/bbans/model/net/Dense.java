package org.bbans.model.net;

import java.util.Objects;

/** The weights of a dense layer, packed for the kernels. Immutable, shared by threads. */
public final class Dense {

    /** Outputs that the kernels compute together. */
    public static final int BLOCK = 8;

    final int inputs;
    final int outputs;
    final float[] bias;
    /**
     * Blocks of eight outputs; within a block input by input:
     * {@code weights[((unit / 8) * inputs + input) * 8 + unit % 8]}.
     */
    final float[] weights;
    /** 0, 1, 2, ...: the index of each input when there is a row for all of them. */
    final int[] allInputs;

    /**
     * Packs a layer.
     *
     * @param weights {@code [inputs, outputs]}, row-major
     * @param bias {@code [outputs]}
     */
    public Dense(float[] weights, float[] bias, int inputs, int outputs) {
        Objects.checkFromIndexSize(0, inputs * outputs, weights.length);
        this.inputs = inputs;
        this.outputs = outputs;
        this.bias = bias;
        this.weights = new float[(outputs + BLOCK - 1) / BLOCK * BLOCK * inputs];
        this.allInputs = new int[inputs];
        for (int i = 0; i < inputs; i++) {
            allInputs[i] = i;
            for (int o = 0; o < outputs; o++) {
                this.weights[(o / BLOCK * inputs + i) * BLOCK + o % BLOCK] = weights[i * outputs + o];
            }
        }
    }

    /** Number of inputs. */
    public int inputs() {
        return inputs;
    }

    /** Number of outputs. */
    public int outputs() {
        return outputs;
    }
}
