package org.bbans.model;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.bbans.codec.block.ContentView;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.content.Records;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.content.anatomy.Anatomies;
import org.bbans.codec.format.Layout;

/**
 * Says in seconds how small files will be: some pieces of each kind of file, chosen at random, are compressed, each by
 * itself. Whole archives come out smaller where files or records learn from one another, or repeat each other.
 *
 * <p>Belongs to one thread at a time.
 */
public final class SizeEstimate {

    /** Files up to this size are taken as they are; of larger ones, a piece of this size. */
    private static final int PIECE = 1 << 18;
    /** Larger files of kinds of which only a whole file can be compressed are not tried. */
    private static final int MOST_WHOLE = 1 << 23;
    private static final int HEAD_BYTES = 1 << 16;
    /** Pieces that every kind gets, however long that takes; with fewer nothing is known about the spread. */
    private static final int LEAST_PIECES = 2;
    private static final String OTHERS = "others";

    private final RecordCompressor compressor;
    private final Map<String, Files> kinds = new LinkedHashMap<>();
    private final Random random = new Random(1);
    /** Bytes of an archive of nothing. */
    private final long empty;

    /**
     * What is expected of the files of one kind.
     *
     * @param label what they are, for people
     * @param files number of files
     * @param bytes of them
     * @param pieces number of those that were compressed
     * @param sampled bytes of these
     * @param ratio bytes of archive for a byte of file, estimated; 1 if there was no piece
     * @param spread of the ratio: two standard errors; NaN if there were too few pieces to say
     * @param records what is in all of these files, if they have records of one shape
     * @param model the one that coded most pieces
     */
    public record Kind(String label, long files, long bytes, int pieces, long sampled, double ratio, double spread,
            Optional<Records> records, Optional<String> model) {}

    /** Files of a kind, and what compressing pieces of them has given. */
    private static final class Files {

        private final List<Path> paths = new ArrayList<>();
        private long bytes;
        private Records records;
        private boolean isMixed;
        private final List<long[]> pieces = new ArrayList<>();
        private final Map<String, Integer> models = new LinkedHashMap<>();
        private int failures;
    }

    /**
     * An estimate of nothing.
     *
     * @param options how the files will be compressed; nothing is verified
     */
    public SizeEstimate(CompressionOptions options) throws IOException {
        compressor = new RecordCompressor(options);
        empty = compressor.compress(ContentView.of(new byte[0]), OutputStream.nullOutputStream()).archiveBytes();
    }

    /**
     * Adds a file, of which the beginning is read.
     *
     * @param file must not change before {@link #kinds}
     * @throws IOException if it cannot be read
     */
    public void add(Path file) throws IOException {
        ContentView content = ContentView.of(file);
        byte[] head = content.start(HEAD_BYTES);
        Optional<Records> records = Wrappings.kind(head, head.length).isPresent() ? Optional.empty()
                : LayoutDetector.detect(head, head.length, content.size());
        Files kind = kinds.computeIfAbsent(label(head, records, content), label -> new Files());
        Records gathered = records.map(Records::gathered).orElse(null);
        kind.isMixed |= gathered == null || !kind.paths.isEmpty() && !gathered.equals(kind.records);
        kind.records = gathered;
        kind.paths.add(file);
        kind.bytes += content.size();
    }

    private static String label(byte[] head, Optional<Records> records, ContentView content) throws IOException {
        Optional<Wrappings.FileKind> wrapping = Wrappings.kind(head, head.length);
        if (wrapping.isPresent()) {
            return wrapping.get().label();
        }
        return records.isPresent() ? records.get().kind()
                : Anatomies.find(content).map(anatomy -> anatomy.kind()).orElse(OTHERS);
    }

    /**
     * Compresses pieces of each kind in turn.
     *
     * @param time after which no further piece is begun, but for the first two of a kind
     * @throws IOException if a file cannot be read
     */
    public List<Kind> kinds(Duration time) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        boolean goesOn = true;
        for (int round = 0; goesOn && (round < LEAST_PIECES || System.nanoTime() < end); round++) {
            goesOn = false;
            for (Files kind : kinds.values()) {
                if (kind.pieces.size() + kind.failures < most(kind)
                        && (round < LEAST_PIECES || System.nanoTime() < end)) {
                    sample(kind);
                    goesOn = true;
                }
            }
        }
        List<Kind> result = new ArrayList<>();
        kinds.forEach((label, files) -> result.add(result(label, files)));
        return result;
    }

    /** Pieces after which there is nothing new to be expected. */
    private static long most(Files kind) {
        return kind.bytes / PIECE + kind.paths.size();
    }

    private void sample(Files kind) throws IOException {
        // In proportion to size where files are cut, so that every byte is as likely as any other.
        Path file = kind.paths.get(random.nextInt(kind.paths.size()));
        if (kind.pieces.size() + kind.failures < kind.paths.size()) {
            int at = kind.pieces.size() + kind.failures;
            int other = at + random.nextInt(kind.paths.size() - at);
            file = kind.paths.get(other);
            kind.paths.set(other, kind.paths.get(at));
            kind.paths.set(at, file);
        }
        ContentView content = ContentView.of(file);
        byte[] head = content.start(HEAD_BYTES);
        Optional<Records> records = Wrappings.kind(head, head.length).isPresent() ? Optional.empty()
                : LayoutDetector.detect(head, head.length, content.size());
        Optional<Layout> layout = records.flatMap(Records::layout);
        Compression result;
        if (content.size() <= PIECE) {
            result = compressor.compress(content, OutputStream.nullOutputStream());
        } else if (layout.isPresent() && layout.get().recordBytes() <= PIECE) {
            result = stretch(content, records.get(), layout.get());
        } else if (content.size() <= MOST_WHOLE) {
            result = compressor.compress(content, OutputStream.nullOutputStream());
        } else if (Wrappings.kind(head, head.length).isPresent() || Anatomies.find(content).isPresent()) {
            kind.failures++;
            return;
        } else {
            long from = (long) (random.nextDouble() * (content.size() - PIECE));
            result = compressor.compress(content.slice(from, PIECE), OutputStream.nullOutputStream());
        }
        result.model().ifPresent(model -> kind.models.merge(model, 1, Integer::sum));
        kind.pieces.add(new long[] {Math.max(0, result.archiveBytes() - empty), result.fileBytes()});
    }

    /** Some of a file's records, somewhere in it. */
    private Compression stretch(ContentView content, Records records, Layout layout) throws IOException {
        long all = layout.records(content.size());
        long n = Math.max(1, Math.min(all, PIECE / layout.recordBytes()));
        long from = (long) (random.nextDouble() * (all - n));
        ContentView piece = content.slice(records.leading() + from * layout.recordBytes(), n * layout.recordBytes());
        return compressor.with(options -> options.withRecords(records.bare(n))).compress(piece,
                OutputStream.nullOutputStream());
    }

    private static Kind result(String label, Files files) {
        double archive = 0;
        double bytes = 0;
        for (long[] piece : files.pieces) {
            archive += piece[0];
            bytes += piece[1];
        }
        double ratio = bytes == 0 ? 1 : archive / bytes;
        double squares = 0;
        for (long[] piece : files.pieces) {
            squares += (piece[0] - ratio * piece[1]) * (piece[0] - ratio * piece[1]);
        }
        int n = files.pieces.size();
        // Of a ratio of sums; nothing is uncertain about what has been compressed.
        double unknown = Math.sqrt(Math.max(0, 1 - bytes / Math.max(1, files.bytes)));
        double spread = n < LEAST_PIECES && unknown > 0 || bytes == 0 ? Double.NaN
                : n < LEAST_PIECES ? 0 : 2 * unknown * Math.sqrt(squares * n / (n - 1)) / bytes;
        return new Kind(label, files.paths.size(), files.bytes, n, (long) bytes, ratio, spread,
                files.isMixed ? Optional.empty() : Optional.ofNullable(files.records), mostFrequent(files.models));
    }

    private static Optional<String> mostFrequent(Map<String, Integer> models) {
        Collection<Map.Entry<String, Integer>> all = models.entrySet();
        return all.stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
    }
}
