package org.bbans.model.train.path;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bbans.model.spec.SdeSpec;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.head.Parameters;

/**
 * The negative evidence bound of a model in continuous time on some records, one path each, and its gradient through
 * the solver: with z_n the state at t = n h, h = 1 / N, and all processes in the steps of Euler and Maruyama,
 *
 * <pre>
 * z_N     = m(x) + s(x) e                         the backward process, from the encoder's z(1)
 * z_(n-1) = z_n + h B(z_n, n h) + sqrt(h) e_n     e, e_n from N(0, 1)
 * r_n     = (z_n - z_(n-1) - h F(z_(n-1), (n - 1) h)) / sqrt(h)
 * loss    = -log p(x given z_N) + sum over the latents of (z_0^2 - e^2) / 2 - log s + sum over n of (r_n^2 - e_n^2) / 2
 * </pre>
 *
 * <p>where F = mu - z / 2 and B = nu - z / 2. The last sum is log q/p of the two processes; as h falls its mean becomes
 * the integral over t of |F + B|^2 / 2 + div F: that of Girsanov for processes that run towards each other. Not
 * thread-safe: it owns its buffers.
 */
final class SdeLoss {

    /** Least and greatest logarithm of the standard deviation of z(1). */
    private static final float LOG_SIGMA_LOW = -5;
    private static final float LOG_SIGMA_HIGH = 1;
    /** Half the rate at which both processes return to 0. */
    private static final float RETURN = 0.5f;
    /** Samples whose logits are computed together, so that they stay in a fast cache. */
    private static final int CHUNK = 64;
    private static final int LEVELS = SdeSpec.LEVELS;

    private final SdeSpec spec;
    private final Parameters layout;
    private final HeadKernels kernels;
    private final int rows;
    private final int latents;
    private final int mostSteps;
    private final int mostStride;
    private final MlpGradient encoder;
    private final MlpGradient forward;
    private final MlpGradient backward;
    private final MlpGradient decoder;
    private final float[][] state;
    private final float[][] noise;
    private final float[][] residual;
    private final float[] adjoint;
    /** Chooses among the samples. */
    private final int[] phase;
    private final float[] features;
    private final float[] logits = new float[CHUNK * LEVELS];
    private final int rank;
    private final int rankRow;
    private final float[] table;
    private final float[] tableTransposed;
    private final float[] tableGradient;
    private final float[] tableBias = new float[LEVELS];
    private final float[] tableBiasGradient = new float[LEVELS];
    private final float[] factorGradient;

    /**
     * A loss that is still to be loaded.
     *
     * @param rows records at a time, a multiple of {@link HeadKernels#ROWS}
     * @param mostSteps greatest number of steps, N
     * @param mostStride greatest stride of samples
     */
    SdeLoss(SdeSpec spec, Parameters layout, HeadKernels kernels, int rows, int mostSteps, int mostStride) {
        this.spec = spec;
        this.layout = layout;
        this.kernels = kernels;
        this.rows = rows;
        this.mostSteps = mostSteps;
        this.mostStride = mostStride;
        latents = spec.latents();
        final int inputs = latents + SdeSpec.TIMES;
        encoder = net("encoder", spec.dims(), spec.encoder(), 2 * latents, rows);
        forward = net("forward", inputs, spec.drift(), latents, rows * mostSteps);
        backward = net("backward", inputs, spec.drift(), latents, rows * mostSteps);
        decoder = net("decoder", latents, spec.decoder(), spec.dims() * spec.rank(), rows);
        state = new float[mostSteps + 1][rows * latents];
        noise = new float[mostSteps + 1][rows * latents];
        residual = new float[mostSteps][rows * latents];
        adjoint = new float[rows * latents];
        phase = new int[rows];
        rank = spec.rank();
        rankRow = CellRows.pad(rank);
        // Chunks read beyond a record's end.
        features = new float[(spec.dims() + CHUNK * mostStride) * rank + rankRow];
        table = new float[rank * LEVELS];
        tableTransposed = new float[LEVELS * rankRow];
        tableGradient = new float[rankRow * LEVELS];
        factorGradient = new float[CHUNK * rankRow];
    }

    private MlpGradient net(String name, int inputs, List<Integer> hidden, int outputs, int capacity) {
        return new MlpGradient(kernels, spec.activation(), layout, name, inputs, hidden, outputs, capacity);
    }

    /** Takes the weights from the flat parameters. */
    void load(float[] parameters) {
        encoder.load(parameters);
        forward.load(parameters);
        backward.load(parameters);
        decoder.load(parameters);
        final int at = layout.offset("table.weight");
        System.arraycopy(parameters, at, table, 0, table.length);
        for (int r = 0; r < rank; r++) {
            for (int v = 0; v < LEVELS; v++) {
                tableTransposed[v * rankRow + r] = table[r * LEVELS + v];
            }
        }
        System.arraycopy(parameters, layout.offset("table.bias"), tableBias, 0, LEVELS);
    }

    /**
     * The loss of each record.
     *
     * @param records levels, record after record, from record {@code first} on
     * @param count number of records, at most the rows
     * @param steps N, at most as many as there is room for
     * @param stride of the samples that stand for all: one in so many, at most as many as there is room for
     * @param seed of noise and choice of samples; a record's depends on its own number too
     * @param weight of log q/p against -log p(x given z), for the gradient
     * @param scale factor of the gradient
     * @param gradient flat, added to, but for what {@link #addTo} adds; null for none
     * @param samples receives -log p(x given z) from element {@code first} on, in nats
     * @param ratio receives log q/p of the latents likewise
     */
    void terms(byte[] records, int first, int count, int steps, int stride, long seed, float weight,
            float scale, float[] gradient, double[] samples, double[] ratio) {
        if (steps > mostSteps || stride > mostStride) {
            throw new IllegalArgumentException("steps: " + steps + ", stride: " + stride);
        }
        draw(first, count, steps, seed);
        encode(records, first, count);
        start(count, steps, first, ratio);
        solve(count, steps, first, ratio);
        decode(records, first, count, state[steps], stride, scale, gradient, samples);
        if (gradient != null) {
            final float[] atEnd = decoderGradient(gradient);
            backward(count, steps, weight * scale, gradient, atEnd);
        }
    }

    private void draw(int first, int count, int steps, long seed) {
        for (int j = 0; j < count; j++) {
            final SplittableRandom random = new SplittableRandom(seed + (first + j) * 0xD134_2543_DE82_EF95L);
            phase[j] = random.nextInt(1 << Byte.SIZE);
            for (int n = steps; n >= 0; n--) {
                for (int d = 0; d < latents; d++) {
                    noise[n][j * latents + d] = (float) random.nextGaussian();
                }
            }
        }
    }

    private void encode(byte[] records, int first, int count) {
        final int dims = spec.dims();
        final float[] x = encoder.inputs();
        for (int j = 0; j < count; j++) {
            for (int i = 0; i < dims; i++) {
                x[j * encoder.inputRow() + i] = (records[(first + j) * dims + i] & 0xFF) * (1f / (LEVELS - 1));
            }
        }
        encoder.forward(0, rows);
    }

    private static double clamped(float logSigma) {
        return Math.max(LOG_SIGMA_LOW, Math.min(LOG_SIGMA_HIGH, logSigma));
    }

    /** z_N, and its part of the ratio. */
    private void start(int count, int steps, int first, double[] ratio) {
        final float[] out = encoder.outputs();
        for (int j = 0; j < count; j++) {
            double sum = 0;
            for (int d = 0; d < latents; d++) {
                final int at = j * encoder.outputRow() + d;
                final double g = clamped(out[at + latents]);
                final float e = noise[steps][j * latents + d];
                state[steps][j * latents + d] = out[at] + (float) Math.exp(g) * e;
                sum -= g + 0.5 * e * e;
            }
            ratio[first + j] = sum;
        }
    }

    private static void setInputs(MlpGradient net, int row, float[] z, int off, int n, float t) {
        final float[] to = net.inputs();
        final int at = row * net.inputRow();
        System.arraycopy(z, off, to, at, n);
        to[at + n] = t;
        to[at + n + 1] = t * t;
    }

    /** The states down to z_0, the residuals of the forward process, and the rest of the ratio. */
    private void solve(int count, int steps, int first, double[] ratio) {
        final float h = 1f / steps;
        final float root = (float) Math.sqrt(h);
        for (int n = steps; n >= 1; n--) {
            final int from = (n - 1) * rows;
            for (int j = 0; j < count; j++) {
                setInputs(backward, from + j, state[n], j * latents, latents, (float) n / steps);
            }
            backward.forward(from, rows);
            final float[] out = backward.outputs();
            for (int j = 0; j < count; j++) {
                for (int d = 0; d < latents; d++) {
                    final int i = j * latents + d;
                    final float drift = out[(from + j) * backward.outputRow() + d] - RETURN * state[n][i];
                    // e_n is drawn for the state that it leads to.
                    state[n - 1][i] = state[n][i] + h * drift + root * noise[n - 1][i];
                }
                setInputs(forward, from + j, state[n - 1], j * latents, latents, (float) (n - 1) / steps);
            }
        }
        forward.forward(0, steps * rows);
        final float[] out = forward.outputs();
        for (int n = 1; n <= steps; n++) {
            final int from = (n - 1) * rows;
            for (int j = 0; j < count; j++) {
                double sum = 0;
                for (int d = 0; d < latents; d++) {
                    final int i = j * latents + d;
                    final float drift = out[(from + j) * forward.outputRow() + d] - RETURN * state[n - 1][i];
                    final float r = (state[n][i] - state[n - 1][i] - h * drift) / root;
                    residual[n - 1][i] = r;
                    final float e = noise[n - 1][i];
                    sum += 0.5 * ((double) r * r - (double) e * e);
                }
                ratio[first + j] += sum;
            }
        }
        for (int j = 0; j < count; j++) {
            for (int d = 0; d < latents; d++) {
                final double z = state[0][j * latents + d];
                ratio[first + j] += 0.5 * z * z;
            }
        }
    }

    /** -log p(x given z_N), and with a gradient what {@link #decoderGradient} needs. */
    private void decode(byte[] records, int first, int count, float[] z, int stride, float scale, float[] gradient,
            double[] samples) {
        final int dims = spec.dims();
        for (int j = 0; j < count; j++) {
            System.arraycopy(z, j * latents, decoder.inputs(), j * decoder.inputRow(), latents);
        }
        decoder.forward(0, rows);
        Arrays.fill(decoder.outputGradient(), 0);
        for (int j = 0; j < count; j++) {
            System.arraycopy(decoder.outputs(), j * decoder.outputRow(), features, 0, dims * rank);
            final int from = phase[j] % stride;
            final int looked = (dims - from + stride - 1) / stride;
            final float share = (float) dims / looked;
            double nats = 0;
            for (int k = 0; k < looked; k += CHUNK) {
                final int some = Math.min(CHUNK, looked - k);
                final int sample = from + k * stride;
                for (int i = 0; i < CHUNK; i++) {
                    System.arraycopy(tableBias, 0, logits, i * LEVELS, LEVELS);
                }
                kernels.product().multiplyAdd(CHUNK, LEVELS, rank, features, sample * rank, stride * rank, 1, table, 0,
                        LEVELS,
                        logits, 0, LEVELS);
                for (int i = 0; i < some; i++) {
                    nats += kernels.softmaxCrossEntropy(logits, i * LEVELS, LEVELS,
                            records[(first + j) * dims + sample + i * stride] & 0xFF, scale * share);
                }
                if (gradient != null) {
                    Arrays.fill(logits, some * LEVELS, logits.length, 0);
                    tableGradients(sample, stride);
                    for (int i = 0; i < some; i++) {
                        System.arraycopy(factorGradient, i * rankRow, decoder.outputGradient(),
                                j * decoder.outputRow() + (sample + i * stride) * rank, rank);
                    }
                }
            }
            samples[first + j] = nats * share;
        }
    }

    /** From the gradient by the logits of a chunk to those by table and factors. */
    private void tableGradients(int sample, int stride) {
        kernels.product().multiplyAdd(rankRow, LEVELS, CHUNK, features, sample * rank, 1, stride * rank, logits, 0,
                LEVELS,
                tableGradient, 0, LEVELS);
        for (int i = 0; i < CHUNK; i++) {
            for (int v = 0; v < LEVELS; v++) {
                tableBiasGradient[v] += logits[i * LEVELS + v];
            }
        }
        Arrays.fill(factorGradient, 0);
        kernels.product().multiplyAdd(CHUNK, rankRow, LEVELS, logits, 0, LEVELS, 1, tableTransposed, 0, rankRow,
                factorGradient,
                0, rankRow);
    }

    /** The gradient by z_N of -log p(x given z_N), in rows of the decoder's inputs. */
    private float[] decoderGradient(float[] gradient) {
        decoder.backward(0, rows, true);
        decoder.addGradient(rows, gradient);
        return decoder.inputGradient();
    }

    /** The adjoint equation of the solver, from z_0 back to z_N, then the encoder. */
    private void backward(int count, int steps, float scale, float[] gradient, float[] atEnd) {
        final float h = 1f / steps;
        final float root = (float) Math.sqrt(h);
        final float[] byForward = forward.outputGradient();
        Arrays.fill(byForward, 0, steps * rows * forward.outputRow(), 0);
        for (int n = 1; n <= steps; n++) {
            for (int j = 0; j < count; j++) {
                for (int d = 0; d < latents; d++) {
                    byForward[((n - 1) * rows + j) * forward.outputRow() + d] =
                            -scale * root * residual[n - 1][j * latents + d];
                }
            }
        }
        forward.backward(0, steps * rows, true);
        forward.addGradient(steps * rows, gradient);
        final float[] throughForward = forward.inputGradient();
        final float[] byBackward = backward.outputGradient();
        Arrays.fill(byBackward, 0, steps * rows * backward.outputRow(), 0);
        for (int i = 0; i < count * latents; i++) {
            adjoint[i] = scale * state[0][i];
        }
        for (int n = 1; n <= steps; n++) {
            final int from = (n - 1) * rows;
            for (int j = 0; j < count; j++) {
                for (int d = 0; d < latents; d++) {
                    final int i = j * latents + d;
                    // r_n by z_(n-1): through its place, its return, and the network.
                    adjoint[i] += scale * residual[n - 1][i] * (-1 + RETURN * h) / root
                            + throughForward[(from + j) * forward.inputRow() + d];
                    byBackward[(from + j) * backward.outputRow() + d] = h * adjoint[i];
                }
            }
            backward.backward(from, rows, true);
            final float[] through = backward.inputGradient();
            for (int j = 0; j < count; j++) {
                for (int d = 0; d < latents; d++) {
                    final int i = j * latents + d;
                    adjoint[i] = adjoint[i] * (1 - RETURN * h) + through[(from + j) * backward.inputRow() + d]
                            + scale * residual[n - 1][i] / root;
                }
            }
        }
        backward.addGradient(steps * rows, gradient);
        final float[] out = encoder.outputs();
        final float[] byEncoder = encoder.outputGradient();
        Arrays.fill(byEncoder, 0);
        for (int j = 0; j < count; j++) {
            for (int d = 0; d < latents; d++) {
                final int at = j * encoder.outputRow() + d;
                final float by = adjoint[j * latents + d] + atEnd[j * decoder.inputRow() + d];
                byEncoder[at] = by;
                final double g = clamped(out[at + latents]);
                if (g == out[at + latents]) {
                    byEncoder[at + latents] = (float) (by * Math.exp(g) * noise[steps][j * latents + d] - scale);
                }
            }
        }
        encoder.backward(0, rows, false);
        encoder.addGradient(rows, gradient);
    }

    /** Adds the gradients by the layers' weights and the table to the flat gradient, and forgets them. */
    void addTo(float[] flat) {
        encoder.addTo(flat);
        forward.addTo(flat);
        backward.addTo(flat);
        decoder.addTo(flat);
        final int at = layout.offset("table.weight");
        for (int i = 0; i < rank * LEVELS; i++) {
            flat[at + i] += tableGradient[i];
        }
        final int bias = layout.offset("table.bias");
        for (int v = 0; v < LEVELS; v++) {
            flat[bias + v] += tableBiasGradient[v];
        }
        Arrays.fill(tableGradient, 0);
        Arrays.fill(tableBiasGradient, 0);
    }
}
