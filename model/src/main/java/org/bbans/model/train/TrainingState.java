package org.bbans.model.train;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** All that changes from step to step, and that further steps depend on: what a checkpoint holds. */
final class TrainingState {

    private static final int NUMBERS = 4 * 8 + 4;
    private static final int ROW_BYTES = 7 * 8;

    final Adam adam;
    /** The averaged weights that did best on the validation part so far: exported if later ones over-fit. */
    final float[] best;
    /** Negative ELBO of the best weights, in bits/dim. */
    double bestValidation = Double.POSITIVE_INFINITY;
    /** Running mean of the negative ELBO on the training part, in bits/dim. */
    double trainBits = Double.NaN;
    /** Time spent. */
    double seconds;
    /** All progress reported, for the loss curve. */
    final List<TrainingListener.Progress> history = new ArrayList<>();

    TrainingState(Adam adam) {
        this.adam = adam;
        best = new float[adam.parameters.length];
    }

    /** The arrays as long as the parameters, in the order of a checkpoint. */
    List<float[]> arrays() {
        return List.of(adam.parameters, adam.average, adam.first, adam.second, best);
    }

    /**
     * The state of a checkpoint, big-endian: steps, seconds, running mean of the loss, best validation; number of
     * progress rows, and the rows; number of parameters, and the arrays.
     */
    byte[] toBytes() {
        final int n = best.length;
        final ByteBuffer out = ByteBuffer.allocate(NUMBERS + history.size() * ROW_BYTES + 4 + arrays().size() * 4 * n);
        out.putLong(adam.steps).putDouble(seconds).putDouble(trainBits).putDouble(bestValidation)
                .putInt(history.size());
        for (TrainingListener.Progress p : history) {
            out.putLong(p.step()).putDouble(p.fraction()).putDouble(p.minutes()).putDouble(p.learningRate())
                    .putDouble(p.train()).putDouble(p.validation()).putDouble(p.kl());
        }
        out.putInt(n);
        for (float[] array : arrays()) {
            out.asFloatBuffer().put(array);
            out.position(out.position() + 4 * n);
        }
        return out.array();
    }

    /**
     * Takes over a state.
     *
     * @return false if it is none of this training; the state is then as before
     */
    boolean read(ByteBuffer in) {
        final int n = best.length;
        final int rows = in.remaining() < NUMBERS ? -1 : in.getInt(in.position() + NUMBERS - 4);
        if (rows < 0 || in.remaining() != NUMBERS + (long) rows * ROW_BYTES + 4 + arrays().size() * 4L * n) {
            return false;
        }
        adam.steps = in.getLong();
        seconds = in.getDouble();
        trainBits = in.getDouble();
        bestValidation = in.getDouble();
        in.getInt();
        for (int i = 0; i < rows; i++) {
            history.add(new TrainingListener.Progress(in.getLong(), in.getDouble(), in.getDouble(), in.getDouble(),
                    in.getDouble(), in.getDouble(), in.getDouble()));
        }
        in.getInt();
        for (float[] array : arrays()) {
            in.asFloatBuffer().get(array);
            in.position(in.position() + 4 * n);
        }
        return true;
    }
}
