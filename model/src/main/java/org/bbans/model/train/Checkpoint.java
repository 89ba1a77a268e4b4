package org.bbans.model.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The file that holds the state of a training. A private format for the same version of the program; what outlasts a
 * training is the model file.
 *
 * <p>Big-endian: magic; length of the identity, and the identity in UTF-8; the state; CRC-32C of all that.
 *
 * @param path the file
 * @param identity what was trained and how; a checkpoint is only continued by the same training
 */
public record Checkpoint(Path path, String identity) {

    private static final int MAGIC = 0x62624b33;
    private static final int CHECKSUM_BYTES = 4;

    /** Whether there is one. */
    public boolean exists() {
        return Files.exists(path);
    }

    /**
     * Writes a state, whole or not at all.
     *
     * @param state all that further steps depend on
     * @throws FileSystemException if that fails; the checkpoint from before is then still there
     */
    public void write(byte[] state) throws IOException {
        final byte[] id = identity.getBytes(StandardCharsets.UTF_8);
        final ByteBuffer out = ByteBuffer.allocate(4 + 4 + id.length + state.length + CHECKSUM_BYTES);
        out.putInt(MAGIC).putInt(id.length).put(id).put(state);
        out.putInt(checksum(out.array())).flip();
        final Path temporary = path.resolveSibling(path.getFileName() + ".part");
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                while (out.hasRemaining()) {
                    channel.write(out);
                }
                channel.force(true);
            }
            Files.move(temporary, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e instanceof FileSystemException ? e
                    : new FileSystemException(path.toString(), null, e.getMessage());
        }
    }

    /**
     * Reads a state back.
     *
     * @return what {@link #write} was given
     * @throws FileSystemException if the file is damaged, or belongs to another training
     */
    public ByteBuffer read() throws IOException {
        final byte[] file = Files.readAllBytes(path);
        final ByteBuffer in = ByteBuffer.wrap(file, 0, Math.max(0, file.length - CHECKSUM_BYTES));
        if (in.remaining() < 8 || in.getInt() != MAGIC) {
            throw unusable("is no checkpoint of this version of bbans; delete it, or name another folder");
        }
        if (ByteBuffer.wrap(file).getInt(in.limit()) != checksum(file)) {
            throw damaged();
        }
        final int idBytes = in.getInt();
        if (idBytes < 0 || idBytes > in.remaining()) {
            throw damaged();
        }
        final byte[] id = new byte[idBytes];
        in.get(id);
        if (!identity.equals(new String(id, StandardCharsets.UTF_8))) {
            throw unusable("is the checkpoint of another training; delete it, or name another folder");
        }
        return in.slice();
    }

    /** CRC-32C of all bytes but those of the checksum itself. */
    private static int checksum(byte[] file) {
        final CRC32C crc = new CRC32C();
        crc.update(file, 0, file.length - CHECKSUM_BYTES);
        return (int) crc.getValue();
    }

    /** What is to be thrown if a state is none of this training. */
    public FileSystemException damaged() {
        return unusable("is a damaged checkpoint; delete it to begin anew, or get a sound copy");
    }

    private FileSystemException unusable(String reason) {
        return new FileSystemException(path.toString(), null, reason);
    }
}
