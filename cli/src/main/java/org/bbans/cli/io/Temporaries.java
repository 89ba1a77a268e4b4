package org.bbans.cli.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Temporary files, deleted at the latest when the program ends, by SIGINT and SIGTERM too. */
public final class Temporaries {

    private static final Set<Path> OPEN = new HashSet<>();
    private static boolean hooked;
    private static boolean ended;

    private Temporaries() {
    }

    /** Creates an empty file in a directory; its permissions are those of any new file. */
    public static synchronized Path create(Path directory) throws IOException {
        if (!hooked) {
            Runtime.getRuntime().addShutdownHook(new Thread(Temporaries::deleteAll, "cleanup"));
            hooked = true;
        }
        checkRunning();
        byte[] unique = new byte[8];
        ThreadLocalRandom.current().nextBytes(unique);
        Path file = directory.resolve(".bbans-" + HexFormat.of().formatHex(unique) + ".tmp");
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE).close();
        OPEN.add(file);
        return file;
    }

    /** Gives a temporary file its final name; it is no longer temporary. */
    static synchronized void rename(Path file, Path target) throws IOException {
        checkRunning();
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        OPEN.remove(file);
    }

    public static synchronized void delete(Path file) {
        if (OPEN.remove(file)) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                System.err.println("bbans: " + file + ": the temporary file cannot be deleted; delete it");
            }
        }
    }

    private static synchronized void deleteAll() {
        ended = true;
        for (Path file : Set.copyOf(OPEN)) {
            delete(file);
        }
    }

    private static void checkRunning() throws IOException {
        if (ended) {
            throw new IOException("interrupted");
        }
    }
}
