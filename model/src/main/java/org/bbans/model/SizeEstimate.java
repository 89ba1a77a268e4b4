package org.bbans.model;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.bbans.codec.content.Anatomy;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.content.Records;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.content.anatomy.Anatomies;
import org.bbans.codec.format.Layout;
import org.bbans.codec.io.ContentView;
import org.bbans.model.CollectionCompressor.Stored;

/**
 * Says in seconds how small files of a folder will be: pieces of each kind of file, chosen at random, are compressed.
 * Every byte is as likely to be in a piece as any other. A piece is a file with those that follow it in order, of a
 * large file some of its records or bytes. Archives come out smaller where pieces would have learnt from one another,
 * or repeat each other.
 *
 * <p>Belongs to one thread at a time.
 */
public final class SizeEstimate {

    /** Bytes of a piece. */
    private static final int PIECE = 1 << 18;
    /** Larger files of kinds that can only be compressed as a whole are not tried. */
    private static final int MOST_WHOLE = 1 << 23;
    private static final int HEAD_BYTES = 1 << 16;
    /** Pieces that every kind gets, however long that takes, if there are few kinds; of more each gets one. */
    private static final int LEAST_PIECES = 3;
    private static final int FEW_KINDS = 8;
    /** Pieces of a kind after which it is known well enough. */
    private static final int MOST_PIECES = 200;
    private static final String OTHERS = "others";
    /** Student's t for a probability of 0.975 and 1, 2, ... degrees of freedom; 2 for more. */
    private static final double[] QUANTILES = {12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18};

    private final RecordCompressor compressor;
    private final CollectionCompressor collections;
    private final Map<String, KindFiles> kinds = new LinkedHashMap<>();
    private final Random random = new Random(1);
    /** Bytes of an archive of nothing. */
    private final long empty;

    /**
     * What is expected of the files of one kind.
     *
     * @param label what they are, for people
     * @param files number of files
     * @param bytes of them
     * @param sampled bytes that were compressed
     * @param ratio bytes of archive for a byte of file, estimated; NaN if all files that were tried are too large
     * @param spread the ratio lies with a probability of 0.95 so far from the estimate at most; 0 if everything was
     *     compressed, NaN if there were too few pieces to say
     * @param records what is in all of these files, if they have records of one shape
     * @param model the one that codes most of them
     */
    public record KindEstimate(String label, long files, long bytes, long sampled, double ratio, double spread,
            Optional<Records> records, Optional<String> model) {}

    /** What compressing a piece has given. */
    private record Piece(double ratio, long bytes, Optional<String> model) {}

    /** Files of a kind. */
    private static final class KindFiles {

        private final List<Stored> sources = new ArrayList<>();
        /** For each file the bytes of all up to its end. */
        private final List<Long> ends = new ArrayList<>();
        private Records records;
        private boolean isMixed;
        private final List<Piece> pieces = new ArrayList<>();
        /** Pieces that begin with a file, by its number, so that they are compressed once. */
        private final Map<Integer, Optional<Piece>> known = new HashMap<>();
        private long sampled;
        private int draws;

        long bytes() {
            return ends.get(ends.size() - 1);
        }

        boolean isSmall() {
            return bytes() <= PIECE;
        }

        /** Whether further pieces tell nothing new. */
        boolean isKnown() {
            return isSmall() ? draws > 0 : draws >= MOST_PIECES;
        }
    }

    /**
     * An estimate of nothing.
     *
     * @param options how the files will be compressed; verification costs time for nothing
     */
    public SizeEstimate(CompressionOptions options) throws IOException {
        compressor = new RecordCompressor(options);
        collections = new CollectionCompressor(options);
        empty = compressor.compress(ContentView.of(new byte[0]), OutputStream.nullOutputStream()).archiveBytes();
    }

    /**
     * Adds a file, of which the beginning is read.
     *
     * @param source a regular file, which must not change before {@link #kinds}
     * @throws IOException if it cannot be read
     */
    public void add(Stored source) throws IOException {
        ContentView content = ContentView.of(source.file());
        byte[] head = content.start(HEAD_BYTES);
        Optional<Records> records = records(head, content);
        KindFiles kind = kinds.computeIfAbsent(label(head, records, content), label -> new KindFiles());
        Records gathered = records.map(Records::gathered).orElse(null);
        kind.isMixed |= gathered == null || !kind.sources.isEmpty() && !gathered.equals(kind.records);
        kind.records = gathered;
        kind.ends.add((kind.sources.isEmpty() ? 0 : kind.bytes()) + content.size());
        kind.sources.add(source);
    }

    private static Optional<Records> records(byte[] head, ContentView content) {
        return Wrappings.kind(head, head.length).isPresent() ? Optional.empty()
                : LayoutDetector.detect(head, head.length, content.size());
    }

    private static String label(byte[] head, Optional<Records> records, ContentView content) throws IOException {
        Optional<Wrappings.FileKind> wrapping = Wrappings.kind(head, head.length);
        if (wrapping.isPresent()) {
            return wrapping.get().label();
        }
        return records.isPresent() ? records.get().kind()
                : Anatomies.find(content).map(Anatomy::kind).orElse(OTHERS);
    }

    /**
     * Compresses pieces of each kind in turn.
     *
     * @param time after which no further piece is begun, but for the first ones of a kind
     * @return in the order in which the kinds were met
     * @throws IOException if a file cannot be read
     */
    public List<KindEstimate> kinds(Duration time) throws IOException {
        long begin = System.nanoTime();
        int least = kinds.size() <= FEW_KINDS ? LEAST_PIECES : 1;
        boolean goesOn = true;
        for (int round = 0; goesOn; round++) {
            goesOn = false;
            for (KindFiles kind : kinds.values()) {
                if (!kind.isKnown() && (round < least || System.nanoTime() - begin < time.toNanos())) {
                    draw(kind).ifPresent(kind.pieces::add);
                    kind.draws++;
                    goesOn = true;
                }
            }
        }
        return kinds.entrySet().stream().map(kind -> result(kind.getKey(), kind.getValue())).toList();
    }

    /** A piece, chosen by its bytes; empty if the file is too large. */
    private Optional<Piece> draw(KindFiles kind) throws IOException {
        long at = kind.isSmall() ? 0 : (long) (random.nextDouble() * kind.bytes());
        int found = Collections.binarySearch(kind.ends, at);
        int number = kind.isSmall() ? 0 : found < 0 ? -1 - found : found + 1;
        if (kind.known.containsKey(number)) {
            return kind.known.get(number);
        }
        ContentView content = ContentView.of(kind.sources.get(number).file());
        if (content.size() <= PIECE) {
            Optional<Piece> piece = Optional.of(run(kind, number));
            kind.known.put(number, piece);
            return piece;
        }
        byte[] head = content.start(HEAD_BYTES);
        Optional<Records> records = records(head, content);
        Optional<Layout> layout = records.flatMap(Records::layout);
        if (layout.isPresent() && layout.get().recordBytes() <= PIECE) {
            return Optional.of(piece(kind, stretch(content, records.get(), layout.get())));
        }
        boolean isPlain = records.isEmpty() && Wrappings.kind(head, head.length).isEmpty()
                && Anatomies.find(content).isEmpty();
        if (isPlain) {
            long from = (long) (random.nextDouble() * (content.size() - PIECE));
            return Optional.of(piece(kind, compressor.compress(content.slice(from, PIECE),
                    OutputStream.nullOutputStream())));
        }
        Optional<Piece> piece = content.size() > MOST_WHOLE ? Optional.empty()
                : Optional.of(piece(kind, compressor.compress(content, OutputStream.nullOutputStream())));
        kind.known.put(number, piece);
        return piece;
    }

    /** A file and those behind it. */
    private Piece run(KindFiles kind, int number) throws IOException {
        long before = number == 0 ? 0 : kind.ends.get(number - 1);
        int end = number + 1;
        while (end < kind.sources.size() && kind.ends.get(end) - before <= PIECE) {
            end++;
        }
        if (end == number + 1) {
            return piece(kind, compressor.compress(ContentView.of(kind.sources.get(number).file()),
                    OutputStream.nullOutputStream()));
        }
        CollectionCompressor.Collected together =
                collections.compress(kind.sources.subList(number, end), OutputStream.nullOutputStream());
        return piece(kind, together.archiveBytes(), together.fileBytes(), together.modelled().entrySet().stream()
                .max(Map.Entry.comparingByValue()).map(Map.Entry::getKey));
    }

    /** Some of a file's records, somewhere in it. */
    private Compression stretch(ContentView content, Records records, Layout layout) throws IOException {
        long all = layout.records(content.size());
        long n = Math.max(1, Math.min(all, PIECE / layout.recordBytes()));
        long from = (long) (random.nextDouble() * (all - n + 1));
        ContentView piece = content.slice(layout.leading() + from * layout.recordBytes(), n * layout.recordBytes());
        return compressor.with(options -> options.withRecords(records.bare(n))).compress(piece,
                OutputStream.nullOutputStream());
    }

    private Piece piece(KindFiles kind, Compression result) {
        return piece(kind, result.archiveBytes(), result.fileBytes(), result.model());
    }

    private Piece piece(KindFiles kind, long archiveBytes, long bytes, Optional<String> model) {
        kind.sampled += bytes;
        return new Piece(Math.max(0, archiveBytes - empty) / (double) Math.max(1, bytes), bytes, model);
    }

    private static KindEstimate result(String label, KindFiles files) {
        int n = files.pieces.size();
        double mean = files.pieces.stream().mapToDouble(Piece::ratio).average().orElse(Double.NaN);
        double squares = files.pieces.stream().mapToDouble(p -> (p.ratio() - mean) * (p.ratio() - mean)).sum();
        double spread = files.isSmall() ? 0 : n < 2 ? Double.NaN
                : (n - 2 < QUANTILES.length ? QUANTILES[n - 2] : 2) * Math.sqrt(squares / (n - 1) / n);
        Map<Optional<String>, Long> models =
                files.pieces.stream().collect(Collectors.groupingBy(Piece::model, Collectors.counting()));
        return new KindEstimate(label, files.sources.size(), files.bytes(), files.sampled, mean, spread,
                files.isMixed ? Optional.empty() : Optional.ofNullable(files.records), models.entrySet().stream()
                        .max(Map.Entry.comparingByValue()).flatMap(Map.Entry::getKey));
    }
}
