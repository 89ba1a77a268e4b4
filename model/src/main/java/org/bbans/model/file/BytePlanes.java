package org.bbans.model.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Model files as they lie in the program: behind the header, the low bytes of all 16-bit numbers come before their high
 * bytes, which the distribution compresses to 5 % less. Undoing it gives the file's very bytes.
 */
public final class BytePlanes {

    public static final String SUFFIX = ".planes";
    private static final String WHOLE = ".safetensors";

    private BytePlanes() {}

    /**
     * The build's part: for every model file of a folder, its planes in another.
     *
     * @param args the two folders
     */
    public static void main(String[] args) throws IOException {
        final Path to = Files.createDirectories(Path.of(args[1]));
        try (DirectoryStream<Path> models = Files.newDirectoryStream(Path.of(args[0]), "*" + WHOLE)) {
            for (Path model : models) {
                final String name = model.getFileName().toString();
                Files.write(to.resolve(name.substring(0, name.length() - WHOLE.length()) + SUFFIX),
                        split(Files.readAllBytes(model)));
            }
        }
    }

    static byte[] split(byte[] file) {
        final byte[] planes = file.clone();
        final int from = header(file);
        final int numbers = (file.length - from) / 2;
        for (int i = 0; i < numbers; i++) {
            planes[from + i] = file[from + 2 * i];
            planes[from + numbers + i] = file[from + 2 * i + 1];
        }
        return planes;
    }

    public static byte[] join(byte[] planes) {
        final byte[] file = planes.clone();
        final int from = header(planes);
        final int numbers = (planes.length - from) / 2;
        for (int i = 0; i < numbers; i++) {
            file[from + 2 * i] = planes[from + i];
            file[from + 2 * i + 1] = planes[from + numbers + i];
        }
        return file;
    }

    private static int header(byte[] file) {
        return Math.toIntExact(Long.BYTES + ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(0));
    }
}
