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
 * @param history rows for the loss curve
 */
record Checkpoint(String identity, double seconds, double trainBits, List<TrainingListener.Progress> history) {

    private static final int MAGIC = 0x62624b31;

    /** Writes it with the optimiser's state, whole or not at all. */
    void write(Path path, Adam adam) throws IOException {
        final byte[] id = identity.getBytes(StandardCharsets.UTF_8);
        final int n = adam.parameters.length;
        final ByteBuffer out = ByteBuffer.allocate(4 + 4 + id.length + 8 * 3 + 4 + history.size() * 56 + 4 + 16 * n);
        out.putInt(MAGIC).putInt(id.length).put(id).putLong(adam.steps).putDouble(seconds).putDouble(trainBits);
        out.putInt(history.size());
        for (TrainingListener.Progress p : history) {
            out.putLong(p.step()).putDouble(p.fraction()).putDouble(p.minutes()).putDouble(p.learningRate())
                .putDouble(p.train()).putDouble(p.validation()).putDouble(p.kl());
        }
        out.putInt(n);
        for (float[] array : arrays(adam)) {
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
    static Checkpoint read(Path path, String identity, Adam adam) throws IOException {
        final ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(path));
        final int n = adam.parameters.length;
        if (in.remaining() < 8 || in.getInt() != MAGIC) {
            throw new IOException(path + ": not a checkpoint");
        }
        final byte[] id = new byte[Math.min(in.getInt(), in.remaining())];
        in.get(id);
        if (!identity.equals(new String(id, StandardCharsets.UTF_8)) || in.remaining() < 28) {
            throw new IOException(path + ": the checkpoint of another training; remove it or choose another folder");
        }
        final long steps = in.getLong();
        final double seconds = in.getDouble();
        final double trainBits = in.getDouble();
        final int rows = in.getInt();
        if (rows < 0 || in.remaining() != rows * 56L + 4 + 16L * n) {
            throw new IOException(path + ": the checkpoint is damaged");
        }
        final List<TrainingListener.Progress> history = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            history.add(new TrainingListener.Progress(in.getLong(), in.getDouble(), in.getDouble(), in.getDouble(),
                in.getDouble(), in.getDouble(), in.getDouble()));
        }
        in.getInt();
        for (float[] array : arrays(adam)) {
            in.asFloatBuffer().get(array);
            in.position(in.position() + 4 * n);
        }
        adam.steps = steps;
        return new Checkpoint(identity, seconds, trainBits, history);
    }

    private static List<float[]> arrays(Adam adam) {
        return Arrays.asList(adam.parameters, adam.average, adam.first, adam.second);
    }

    /** Writes beside the target and renames, so that the target is never half-written. */
    static void writeAtomically(Path path, byte[] bytes) throws IOException {
        final Path temporary = path.resolveSibling(path.getFileName() + ".part");
        Files.write(temporary, bytes);
        Files.move(temporary, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
