package org.bbans.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The MNIST test images of the sample data. */
final class Images {

    /** System property with the folder of the sample data; without it, folder testdata here or further up. */
    static final String FOLDER_PROPERTY = "bbans.testdata";
    static final int HEIGHT = 28;
    static final int WIDTH = 28;
    static final int DIMS = HEIGHT * WIDTH;

    private static final String FILE = "mnist/t10k-images-idx3-ubyte";
    private static final int HEADER = 16;

    private Images() {}

    /** The first {@code n} images, a byte a pixel. */
    static byte[] mnist(int n) {
        final Path path = folder().resolve(FILE);
        try {
            final byte[] file = Files.readAllBytes(path);
            if (ByteBuffer.wrap(file).getInt(4) < n) {
                throw new IllegalArgumentException(path + " has fewer than " + n + " images");
            }
            return Arrays.copyOfRange(file, HEADER, HEADER + n * DIMS);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }

    private static Path folder() {
        final String property = System.getProperty(FOLDER_PROPERTY);
        if (property != null) {
            return Path.of(property);
        }
        for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
            if (Files.exists(p.resolve("testdata").resolve(FILE))) {
                return p.resolve("testdata");
            }
        }
        throw new IllegalStateException("no testdata/" + FILE + " here or further up: set -D" + FOLDER_PROPERTY);
    }
}
