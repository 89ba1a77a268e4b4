package org.bbans.model.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The state of a training on disk: everything that its further steps depend on. A private format for the same version
 * of the program; what outlasts a training is the model file.
 *
 * @param identity what was trained and how; a checkpoint is only continued by the same training
 * @param seconds time spent
 * @param trainBits running mean of the loss
 * @param bestValidation of the best weights so far
 * @param history rows for the loss curve
 */
record Checkpoint(String identity, double seconds, double trainBits, double bestValidation,
                  List<TrainingListener.Progress> history) {

    private static final int MAGIC = 0x62624b32;

    /** Writes it with the optimiser's state, whole or not at all. */
    void write(Path path, Adam adam, float[] best) throws IOException {
        final byte[] id = identity.getBytes(StandardCharsets.UTF_8);
        final int n = adam.parameters.length;
        final ByteBuffer out = ByteBuffer.allocate(4 + 4 + id.length + 8 * 4 + 4 + history.size() * 56 + 4 + 20 * n);
        out.putInt(MAGIC).putInt(id.length).put(id).putLong(adam.steps).putDouble(seconds).putDouble(trainBits)
            .putDouble(bestValidation);
        out.putInt(history.size());
        for (TrainingListener.Progress p : history) {
            out.putLong(p.step()).putDouble(p.fraction()).putDouble(p.minutes()).putDouble(p.learningRate())
                .putDouble(p.train()).putDouble(p.validation()).putDouble(p.kl());
        }
        out.putInt(n);
        for (float[] array : arrays(adam, best)) {
            out.asFloatBuffer().put(array);
            out.position(out.position() + 4 * n);
        }
        writeAtomically(path, out.array());
    }

    /**
     * Reads a checkpoint back into an optimiser.
     *
     * @throws IOException if it is damaged or belongs to another training
     */
    static Checkpoint read(Path path, String identity, Adam adam, float[] best) throws IOException {
        final ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(path));
        final int n = adam.parameters.length;
        if (in.remaining() < 8 || in.getInt() != MAGIC) {
            throw new IOException(path + ": not a checkpoint");
        }
        final byte[] id = new byte[Math.min(in.getInt(), in.remaining())];
        in.get(id);
        if (!identity.equals(new String(id, StandardCharsets.UTF_8)) || in.remaining() < 36) {
            throw new IOException(path + ": the checkpoint of another training; remove it or choose another folder");
        }
        final long steps = in.getLong();
        final double seconds = in.getDouble();
        final double trainBits = in.getDouble();
        final double bestValidation = in.getDouble();
        final int rows = in.getInt();
        if (rows < 0 || in.remaining() != rows * 56L + 4 + 20L * n) {
            throw new IOException(path + ": the checkpoint is damaged");
        }
        final List<TrainingListener.Progress> history = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            history.add(new TrainingListener.Progress(in.getLong(), in.getDouble(), in.getDouble(), in.getDouble(),
                in.getDouble(), in.getDouble(), in.getDouble()));
        }
        in.getInt();
        for (float[] array : arrays(adam, best)) {
            in.asFloatBuffer().get(array);
            in.position(in.position() + 4 * n);
        }
        adam.steps = steps;
        return new Checkpoint(identity, seconds, trainBits, bestValidation, history);
    }

    private static List<float[]> arrays(Adam adam, float[] best) {
        return Arrays.asList(adam.parameters, adam.average, adam.first, adam.second, best);
    }

    /** Writes beside the target and renames, so that the target is never half-written. */
    static void writeAtomically(Path path, byte[] bytes) throws IOException {
        final Path temporary = path.resolveSibling(path.getFileName() + ".part");
        Files.write(temporary, bytes);
        Files.move(temporary, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
