package org.bbans.model.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** Where Jazzer comes in: {@code config/fuzz.sh} runs it. */
public final class FuzzEntry {

    /** Larger inputs are slow and reach nothing else. */
    private static final int LARGEST = 8_000;

    private static FuzzTarget target;

    private FuzzEntry() {}

    /** Tries an input for the target that the property {@code bbans.fuzz.target} names. */
    public static void fuzzerTestOneInput(byte[] data) {
        if (target == null) {
            target = FuzzTarget.valueOf(System.getProperty("bbans.fuzz.target").toUpperCase(Locale.ROOT));
        }
        target.run(data);
    }

    /**
     * Writes what to begin with, a folder for each target: {@code FuzzEntry TESTDATA FOLDER}.
     *
     * @param args the folder of archives and files, and where the seeds go
     */
    public static void main(String[] args) throws IOException {
        Path testdata = Path.of(args[0]);
        for (FuzzTarget each : FuzzTarget.values()) {
            Path folder = Files.createDirectories(Path.of(args[1], each.name().toLowerCase(Locale.ROOT)));
            boolean collections = each == FuzzTarget.COLLECTION;
            for (Path file : files(testdata.resolve(collections ? "collections" : "golden"))) {
                if (file.toString().endsWith(".bba")) {
                    byte[] archive = Files.readAllBytes(file);
                    boolean rows = file.getFileName().toString().equals("in-a-row.bba");
                    byte[] seed = rows ? null : each.seed(archive);
                    if (seed != null && seed.length <= LARGEST) {
                        Files.write(folder.resolve(file.getFileName()), seed);
                    }
                }
            }
        }
        Path contents = Path.of(args[1], "content");
        for (Path file : files(testdata.resolve("containers"))) {
            if (Files.size(file) <= LARGEST) {
                Files.copy(file, contents.resolve(file.getFileName()));
            }
        }
    }

    private static Iterable<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
