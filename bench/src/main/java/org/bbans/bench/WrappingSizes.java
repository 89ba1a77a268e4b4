package org.bbans.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;

/**
 * Takes PNG and gzip files apart and puts them together again: {@code WrappingSizes [-v] FOLDER...} prints for each
 * folder how many of its files come back byte for byte, and what has to be kept beside their contents for that, in
 * percent of these; {@code -v} for each file too.
 */
public final class WrappingSizes {

    private static final int HEAD_BYTES = 1 << 16;

    private WrappingSizes() {}

    /** What came of some files. */
    private record Sizes(int files, int back, long packed, long plain, long kept) {

        Sizes plus(Sizes other) {
            return new Sizes(files + other.files, back + other.back, packed + other.packed, plain + other.plain,
                    kept + other.kept);
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%5d of %5d back %,12d bytes, of those %,12d plain, kept %,9d = %.3f %%",
                    back, files, packed, plain, kept, 100.0 * kept / Math.max(plain, 1));
        }
    }

    /** Runs the comparison. */
    public static void main(String[] args) throws IOException {
        boolean verbose = args[0].equals("-v");
        for (String folder : Arrays.asList(args).subList(verbose ? 1 : 0, args.length)) {
            Sizes all = new Sizes(0, 0, 0, 0, 0);
            for (Path file : files(Path.of(folder))) {
                Sizes one = sizes(file);
                all = all.plus(one);
                if (verbose) {
                    System.out.println(one + "  " + file);
                }
            }
            System.out.println(all + "  " + folder);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static Sizes sizes(Path path) throws IOException {
        ContentView file = ContentView.of(path);
        byte[] head = file.start(HEAD_BYTES);
        Optional<Wrappings.FileKind> kind = Wrappings.kind(head, head.length);
        try (Spool content = new Spool()) {
            Optional<Wrapping> wrapping = kind.isEmpty() ? Optional.empty()
                    : Wrappings.unwrap(kind.get(), file, content);
            if (wrapping.isEmpty()) {
                return new Sizes(1, 0, file.size(), 0, 0);
            }
            ByteArrayOutputStream again = new ByteArrayOutputStream();
            try (InputStream in = content.open()) {
                Wrappings.rewrap(wrapping.get(), in, again, () -> false);
            }
            if (!Arrays.equals(again.toByteArray(), Files.readAllBytes(path))) {
                throw new AssertionError(path + " has not come back");
            }
            return new Sizes(1, 1, file.size(), content.size(), wrapping.get().data().length);
        }
    }
}
