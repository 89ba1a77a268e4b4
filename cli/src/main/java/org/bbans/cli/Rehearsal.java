package org.bbans.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.bbans.cli.io.FileNames;
import org.bbans.cli.io.StandardStreams;

/**
 * Runs commands on data of its own, so that Java notes which classes a start needs; the launcher keeps that for later
 * starts. Every class that is noted and not needed costs time there.
 */
final class Rehearsal {

    private static final int HEADER = 16;
    private static final int RECORDS = 200;
    private static final int EXTENT = 28;

    private Rehearsal() {}

    /**
     * Runs the commands.
     *
     * @param args {@code quick} for the commands that only look, else those that code; and an empty folder for their
     *        files, which whoever made it deletes
     */
    public static void main(String[] args) throws IOException {
        StandardStreams.install();
        FileNames.restore(args);
        Path folder = Path.of(args[1]);
        if (args[0].equals("quick")) {
            look(folder);
        } else {
            code(folder);
        }
        StandardStreams.finish();
        System.exit(0);
    }

    private static void look(Path folder) throws IOException {
        String records = copy("example.bba", folder);
        String files = copy("folder.bba", folder);
        run("info", records);
        run("info", files);
        run("list", files);
        run("--help");
    }

    private static String copy(String archive, Path folder) throws IOException {
        Path copy = folder.resolve(archive);
        try (InputStream in = Rehearsal.class.getResourceAsStream("rehearsal/" + archive)) {
            Files.copy(in, copy);
        }
        return copy.toString();
    }

    private static void code(Path folder) throws IOException {
        Path file = Files.write(folder.resolve("digits"), digits());
        run("compress", "-v", file.toString());
        run("verify", file + ".bba");
        run("decompress", "-o", folder.resolve("back").toString(), file + ".bba");
    }

    private static void run(String... args) {
        if (Main.run(args) != 0) {
            throw new IllegalStateException("the rehearsal of " + String.join(" ", args) + " has failed");
        }
    }

    /** An IDX file of strokes. */
    private static byte[] digits() {
        Random random = new Random(1);
        ByteBuffer idx = ByteBuffer.allocate(HEADER + RECORDS * EXTENT * EXTENT);
        idx.putInt(0x803).putInt(RECORDS).putInt(EXTENT).putInt(EXTENT);
        for (int record = 0; record < RECORDS; record++) {
            int column = 8 + random.nextInt(12);
            for (int row = 5; row < EXTENT - 5; row++) {
                idx.put(HEADER + (record * EXTENT + row) * EXTENT + column, (byte) (128 + random.nextInt(128)));
            }
        }
        return idx.array();
    }
}
