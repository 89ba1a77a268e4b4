package org.bbans.model.net;

import java.lang.invoke.MethodHandles;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.TwinLoader;
import org.bbans.model.spec.Activation;

/**
 * The inner loops of the networks.
 *
 * <p>Activations are unit-major: {@code float[unit][lane]}, one array for each unit, with one lane for each record, or
 * pixel of a record, that is evaluated together. Arrays may be longer than the {@code lanes} that a call names; that
 * number is a multiple of {@value #LANE_UNIT}, so that engines need no tails. Lanes never influence each other.
 *
 * <p>A workspace: one for each thread.
 */
public abstract sealed class Kernels permits ScalarKernels, VectorKernels {

    /** Numbers of lanes are multiples of this. */
    public static final int LANE_UNIT = 16;

    private static final TwinLoader<Kernels> VECTOR =
            new TwinLoader<>(MethodHandles.lookup(), Kernels.class, "VectorKernels");

    /**
     * The kernels of an engine.
     *
     * @throws IllegalStateException if the engine cannot be had
     */
    public static Kernels of(Engine engine) {
        return engine == Engine.VECTOR ? VECTOR.create() : new ScalarKernels();
    }

    /** The least number of lanes with room for {@code records}. */
    public static int lanesFor(int records) {
        return Math.multiplyExact(Math.floorDiv(records + LANE_UNIT - 1, LANE_UNIT), LANE_UNIT);
    }

    /**
     * Some outputs of a dense layer: {@code out[outOff + i][lane] = bias[biasOff + i] + sum over s < k, ascending, of
     * weight(inputIndex[s], unit + i) * input[s][lane]}.
     *
     * @param bias accumulators start from {@code bias[biasOff + i]}; null if they start from rows
     * @param start without a bias, accumulators start from {@code start[biasOff + i][lane]}; none of the outputs' rows
     * @param unit first output, a multiple of {@value Dense#BLOCK}
     * @param units number of outputs, i
     * @param input input rows
     * @param inputIndex which of the layer's inputs each row is, ascending
     * @param k number of input rows
     */
    abstract void dense(Dense layer, float[] bias, int biasOff, float[][] start, int unit, int units, float[][] input,
            int[] inputIndex, int k, int lanes, float[][] out, int outOff);

    /** Replaces x by x > 0 ? x : exp(x) - 1 in {@code rows[0 .. units)}. */
    abstract void elu(float[][] rows, int units, int lanes);

    /** Replaces x by v + 0.25 m^2 in {@code rows[0 .. units)}, where v = max(x, -2) and m = min(v, 0). */
    abstract void sqlu(float[][] rows, int units, int lanes);

    /** Applies an activation to {@code rows[0 .. units)}. */
    public final void activate(Activation activation, float[][] rows, int units, int lanes) {
        if (activation == Activation.SQLU) {
            sqlu(rows, units, lanes);
        } else {
            elu(rows, units, lanes);
        }
    }

    /**
     * Logits, one row of {@code table.levels()} for each record:
     * {@code logits[record * levels + level] = bias[level] + sum over r < rank, ascending, of input[inputOff +
     * r][record] * table[r][level]}.
     */
    public abstract void logits(Table table, float[][] input, int inputOff, int records, float[] logits);

    /**
     * Adds numbers of a small table: {@code to[off + i] += table[index[from + i]]} for i from 0 to n - 1.
     *
     * @param table at least {@value #LANE_UNIT} numbers
     * @param n a multiple of {@value #LANE_UNIT}
     */
    public abstract void addFrom(float[] table, int[] index, int from, int n, float[] to, int off);

    /** All outputs of a layer, without an activation, with {@code bias[biasOff ..]} in place of its own bias. */
    public final void dense(Dense layer, float[] bias, int biasOff, float[][] input, int[] inputIndex, int k, int lanes,
            float[][] out) {
        dense(layer, bias, biasOff, null, 0, layer.outputs, input, inputIndex, k, lanes, out, 0);
    }

    /** All outputs of a layer, without an activation, with a bias for each lane, {@code start[output][lane]}. */
    public final void dense(Dense layer, float[][] start, float[][] input, int[] inputIndex, int k, int lanes,
            float[][] out) {
        dense(layer, null, 0, start, 0, layer.outputs, input, inputIndex, k, lanes, out, 0);
    }

    /** All outputs of a layer, without an activation, from those of its inputs that {@code inputIndex} names. */
    public final void dense(Dense layer, float[][] input, int[] inputIndex, int k, int lanes, float[][] out) {
        dense(layer, layer.bias, 0, null, 0, layer.outputs, input, inputIndex, k, lanes, out, 0);
    }

    /** All outputs of a layer, without an activation. */
    public final void dense(Dense layer, float[][] input, int lanes, float[][] out) {
        dense(layer, input, layer.allInputs, layer.inputs, lanes, out);
    }

    /**
     * Outputs {@code unit .. unit + units} of a layer, without an activation; {@code unit} is a multiple of
     * {@value Dense#BLOCK}.
     */
    public final void dense(Dense layer, int unit, int units, float[][] input, int lanes, float[][] out) {
        dense(layer, layer.bias, unit, null, unit, units, input, layer.allInputs, layer.inputs, lanes, out, 0);
    }
}
