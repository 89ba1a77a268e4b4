package org.bbans.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bbans.codec.archive.ArchiveInfo;
import org.bbans.codec.archive.ArchiveInputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.archive.RecordReader;
import org.bbans.codec.block.EmbeddedModel;
import org.bbans.codec.collection.CollectionBatch;
import org.bbans.codec.collection.CollectionReader;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.content.anatomy.Anatomies;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.ArchiveModel;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.HeaderFormat;
import org.bbans.model.fuzz.CollectionForge;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Changes archives, embedded models, wrappings, collections, their directories, and files of all formats at random, in
 * half of the cases with the checksums made right again. Whatever comes out: a documented exception, or content with
 * the SHA-256 that the archive names. {@code config/fuzz.sh} makes long runs.
 */
@Tag("slow")
class MutationFuzzTest {

    private static final int MUTATIONS = Integer.getInteger("bbans.fuzz", 2_000);
    private static final long SEED = Long.getLong("bbans.fuzz.seed", 1);
    /** What is changed, and how many of a thousand times. */
    private static final List<Kind> KINDS = List.of(new Kind("archive", 345), new Kind("embedded model", 100),
            new Kind("wrapping", 150), new Kind("model file", 150), new Kind("file", 250), new Kind("collection", 5));
    private static final int REPORT = 50_000;
    /** Larger archives take long to decode and are of the same kinds. */
    private static final int LARGEST = 4_000;
    /** Processor time, in nanoseconds, of all threads: the compiler's and the collector's too. */
    private static final long SLOW_NANOS = 10_000_000_000L;
    private static final int MIB = 20;
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    /** {@code config/fuzz.sh} gives the heap 64 MiB more than reading may ask for. */
    private static final ReadOptions READING = ReadOptions.DEFAULT
            .withMemoryLimit(Long.getLong("bbans.fuzz.memory", 512) << MIB);

    private final BuiltInModels models = new BuiltInModels();
    private final Random random = new Random(SEED);
    private final Map<String, Integer> tried = new TreeMap<>();
    private final Map<String, Integer> accepted = new TreeMap<>();

    @TempDir
    private Path folder;

    private record Kind(String name, int share) {}

    /** Something to change. */
    private abstract class Subject {

        final String kind;
        final String name;
        /** What it takes unchanged, or the mean of what its mutants took: quick ones are changed more often. */
        private double nanos;

        Subject(String kind, String name) {
            this.kind = kind;
            this.name = name;
        }

        /** Changes it, and reads the outcome; whether it was accepted. */
        abstract boolean mutate() throws IOException;

        double weight() {
            return 1 / (nanos + 300_000);
        }

        void took(long time) {
            nanos += (time - nanos) / 8;
        }
    }

    private byte[] changed(byte[] original, int from, int to) {
        byte[] bad = original.clone();
        if (from == to) {
            return bad;
        }
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = from + random.nextInt(to - from);
            switch (random.nextInt(5)) {
                case 0 -> bad[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bad[at] = (byte) random.nextInt();
                case 2 -> bad[at] = (byte) (random.nextBoolean() ? 0xff : 0);
                case 3 -> bad[at] += (byte) (random.nextBoolean() ? 1 : -1);
                default -> {
                    int n = Math.min(1 + random.nextInt(8), to - at);
                    System.arraycopy(original, random.nextInt(original.length - n + 1), bad, at, n);
                }
            }
        }
        return bad;
    }

    private byte[] perhapsCut(byte[] bytes) {
        return random.nextInt(20) > 0 ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length + 8));
    }

    private static void mend(byte[] bytes, int from, int to) {
        int crc = Checksums.crc32c(Arrays.copyOfRange(bytes, from, to));
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[to + i] = (byte) (crc >>> 8 * i);
        }
    }

    /** An archive, or several in a row: what is accepted of the last one has the SHA-256 that it names. */
    private final class Archive extends Subject {

        private final byte[] bytes;
        private final int headerEnd;
        private final int indexStart;

        Archive(Path file) throws IOException {
            super("archive", file.getFileName().toString());
            bytes = Files.readAllBytes(file);
            FormatInput in = new FormatInput(new ByteArrayInputStream(bytes), 0);
            HeaderFormat.read(in);
            headerEnd = (int) in.position();
            int size = 0;
            for (int i = 1; i <= Integer.BYTES; i++) {
                size = size << 8 | bytes[bytes.length - i] & 0xff;
            }
            indexStart = bytes.length - Integer.BYTES - size;
        }

        @Override
        boolean mutate() throws IOException {
            int region = random.nextInt(4);
            byte[] bad = changed(bytes, region == 1 ? indexStart : 0, region == 0 ? headerEnd : bytes.length);
            if (random.nextBoolean()) {
                mend(bad, 0, headerEnd - Integer.BYTES);
                mend(bad, indexStart, bad.length - 2 * Integer.BYTES);
            }
            return readArchive(perhapsCut(bad));
        }
    }

    private boolean readArchive(byte[] bad) throws IOException {
        boolean sound = false;
        try (ArchiveInputStream in =
                new ArchiveInputStream(new ByteArrayInputStream(bad), models, READING.withMembersApart(true))) {
            byte[] content = in.readAllBytes();
            while (in.nextMember()) {
                content = in.readAllBytes();
            }
            int named = bad.length - 2 * Integer.BYTES - Checksums.SHA256_BYTES;
            assertThat(Checksums.sha256(content))
                    .isEqualTo(Arrays.copyOfRange(bad, named, named + Checksums.SHA256_BYTES));
            sound = true;
            restore(in.header().wrapping(), content);
        } catch (FormatException e) {
            assertThat(e).hasMessageNotContaining("\n");
        }
        int how = random.nextInt(6);
        if (how < 2) {
            salvage(bad);
        } else if (how == 2) {
            readRecords(bad);
        }
        return sound;
    }

    private static void restore(Wrapping wrapping, byte[] content) throws IOException {
        if (wrapping != null) {
            Wrappings.rewrap(wrapping, new ByteArrayInputStream(content), OutputStream.nullOutputStream(), () -> false);
        }
    }

    private void salvage(byte[] bad) throws IOException {
        Path file = Files.write(folder.resolve("bad.bba"), bad);
        try (InputStream in =
                ArchiveInputStream.open(file, models, READING.withKeepGoing(true).withThreads(2))) {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (FormatException e) {
            assertThat(e).hasMessageNotContaining("\n");
        }
    }

    private void readRecords(byte[] bad) throws IOException {
        Path file = Files.write(folder.resolve("bad.bba"), bad);
        try (RecordReader reader = new RecordReader(file, models, READING)) {
            long records = reader.records();
            if (records > 0) {
                reader.read(records - 1);
                reader.read(random.nextInt((int) Math.min(records, 1 << 20)));
            }
        } catch (FormatException e) {
            assertThat(e).hasMessageNotContaining("\n");
        }
    }

    /** The model of an archive: changed, with the identity in the header made right. */
    private final class Embedded extends Subject {

        private final ArchiveHeader header;
        private final byte[] model;
        private final byte[] rest;

        Embedded(Path file, ArchiveHeader header, int restAt) throws IOException {
            super("embedded model", file.getFileName().toString());
            this.header = header;
            model = header.model().embedded();
            byte[] bytes = Files.readAllBytes(file);
            rest = Arrays.copyOfRange(bytes, restAt, bytes.length);
        }

        @Override
        boolean mutate() throws IOException {
            // The header of the file is where its structure is.
            byte[] bad =
                    perhapsCut(changed(model, 0, random.nextBoolean() ? Math.min(700, model.length) : model.length));
            if (bad.length == 0) {
                return false;
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ModelReference reference = new ModelReference(header.model().name(), Checksums.sha256(bad), null);
            out.writeBytes(HeaderFormat.write(
                    new ArchiveHeader(ArchiveHeader.VERSION, header.layout(), reference, header.wrapping()), true));
            out.writeBytes(EmbeddedModel.write(bad, false));
            out.writeBytes(rest);
            return readArchive(out.toByteArray());
        }
    }

    /** What turns a content back into its file. */
    private final class Wrapped extends Subject {

        private final Wrapping wrapping;
        private final byte[] content;

        Wrapped(String name, Wrapping wrapping, byte[] content) {
            super("wrapping", name);
            this.wrapping = wrapping;
            this.content = content;
        }

        @Override
        boolean mutate() throws IOException {
            byte[] data = wrapping.data();
            boolean other = random.nextInt(4) == 0;
            try {
                restore(new Wrapping(wrapping.kind(),
                        wrapping.size() + (random.nextInt(9) == 0 ? random.nextInt(3) - 1 : 0),
                        wrapping.crc(), other ? data : perhapsCut(changed(data, 0, data.length))),
                        other ? perhapsCut(changed(content, 0, content.length)) : content);
                return true;
            } catch (FormatException e) {
                assertThat(e).hasMessageNotContaining("\n");
                return false;
            }
        }
    }

    /** A model file. */
    private final class File extends Subject {

        private final byte[] bytes;

        File(String name, byte[] bytes) {
            super("model file", name);
            this.bytes = bytes;
        }

        @Override
        boolean mutate() throws IOException {
            byte[] bad =
                    perhapsCut(changed(bytes, 0, random.nextBoolean() ? Math.min(700, bytes.length) : bytes.length));
            try {
                ArchiveModel model = models.find(new ModelReference("bad", Checksums.sha256(bad), bad));
                assertThat(model.sha256()).isEqualTo(Checksums.sha256(bad));
                return true;
            } catch (FormatException e) {
                assertThat(e).hasMessageNotContaining("\n");
                return false;
            }
        }
    }

    /** A collection as it is, or its first directory with all checksums made right. */
    private final class Collection extends Subject {

        private final byte[] bytes;
        private final byte[] directory;
        private final int streamsAt;
        private final int endAt;

        Collection(Path file) throws IOException {
            super("collection", file.getFileName().toString());
            bytes = Files.readAllBytes(file);
            FormatInput in = new FormatInput(new ByteArrayInputStream(bytes), 0);
            HeaderFormat.readCollection(in);
            directory = CollectionForge.directory(in);
            streamsAt = (int) in.position();
            int size = 0;
            for (int i = 1; i <= Integer.BYTES; i++) {
                size = size << 8 | bytes[bytes.length - i] & 0xff;
            }
            endAt = bytes.length - Integer.BYTES - size;
        }

        @Override
        boolean mutate() throws IOException {
            byte[] bad = perhapsCut(random.nextInt(4) == 0 ? changed(bytes, 0, bytes.length) : mended());
            try (CollectionReader reader = random.nextBoolean()
                    ? CollectionReader.of(new ByteArrayInputStream(bad), folder, models, READING)
                    : CollectionReader.open(Files.write(folder.resolve("bad.bba"), bad), models, READING)) {
                int one = random.nextInt(12);
                for (CollectionBatch batch = reader.next(); batch != null; batch = reader.next()) {
                    int[] n = new int[1];
                    batch.read(entry -> n[0]++ == one, (files, content) -> content.writeTo(
                            OutputStream.nullOutputStream()));
                }
                return true;
            } catch (FormatException e) {
                assertThat(e).hasMessageNotContaining("\n");
                return false;
            }
        }

        private byte[] mended() {
            byte[] raw = changed(directory, 0, directory.length);
            return CollectionForge.archive(raw, Arrays.copyOfRange(bytes, streamsAt, endAt));
        }
    }

    /** A file of some format, as it would be compressed. */
    private final class Content extends Subject {

        private final byte[] bytes;

        Content(Path file) throws IOException {
            super("file", file.getFileName().toString());
            bytes = Files.readAllBytes(file);
        }

        @Override
        boolean mutate() throws IOException {
            byte[] bad =
                    perhapsCut(changed(bytes, 0, random.nextBoolean() ? Math.min(600, bytes.length) : bytes.length));
            long size = random.nextBoolean() ? bad.length : random.nextBoolean() ? LayoutDetector.UNKNOWN_SIZE
                    : bad.length + (long) random.nextInt(1 << 20);
            LayoutDetector.whyOpaque(bad, bad.length, size);
            boolean found = LayoutDetector.detect(bad, bad.length, size).isPresent();
            Anatomies.records(ContentView.of(bad));
            return Anatomies.find(ContentView.of(bad)).map(anatomy -> {
                assertThat(anatomy.size()).isEqualTo(bad.length);
                return true;
            }).orElse(found);
        }
    }

    private List<Subject> subjects() throws IOException {
        List<Subject> subjects = new ArrayList<>();
        for (Path file : files("golden", ".bba")) {
            if (Files.size(file) > LARGEST) {
                continue;
            }
            subjects.add(new Archive(file));
            try (ArchiveInputStream in = ArchiveInputStream.open(file, models, READING)) {
                ArchiveHeader header = in.header();
                byte[] content = in.readAllBytes();
                if (header.wrapping() != null && !file.endsWith("unknown-wrapping.bba")) {
                    subjects.add(new Wrapped(file.getFileName().toString(), header.wrapping(), content));
                }
                if (header.model() != null && header.model().embedded() != null) {
                    int first = (int) ArchiveInfo.read(file).blocks().get(0).fileOffset();
                    subjects.add(new Embedded(file, header, first));
                    subjects.add(new File(file.getFileName().toString(), header.model().embedded()));
                }
            }
        }
        for (Path file : files("collections", ".bba")) {
            subjects.add(new Collection(file));
        }
        for (Path file : files("containers", "")) {
            if (!file.toString().matches(".*(\\.py|EXPECTED)")) {
                subjects.add(new Content(file));
            }
        }
        return subjects;
    }

    private static List<Path> files(String part, String end) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("..", "testdata", part))) {
            return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
        }
    }

    @Test
    void mutantsGiveTheContentThatTheyNameOrADocumentedException() throws Exception {
        List<Subject> subjects = subjects();
        assertThat(subjects).hasSizeGreaterThan(80).extracting(s -> s.kind).contains("archive", "embedded model",
                "wrapping", "model file", "collection", "file");
        long slowest = 0;
        String slow = "";
        long begin = System.nanoTime();
        for (int i = 0; i < MUTATIONS; i++) {
            // Each once, then the quick ones more often.
            Subject subject = i < subjects.size() ? subjects.get(i) : choice(subjects);
            String what = subject.kind + " " + subject.name + ", seed " + SEED + ", mutation " + i;
            final long start = SYSTEM.getProcessCpuTime();
            tried.merge(subject.kind, 1, Integer::sum);
            try {
                if (subject.mutate()) {
                    accepted.merge(subject.kind, 1, Integer::sum);
                }
            } catch (RuntimeException | IOException | Error e) {
                throw new AssertionError(what, e);
            }
            long nanos = SYSTEM.getProcessCpuTime() - start;
            subject.took(nanos);
            if (nanos > slowest) {
                slowest = nanos;
                slow = what;
            }
            assertThat(nanos).as(what).isLessThan(SLOW_NANOS);
            if ((i + 1) % REPORT == 0 || i + 1 == MUTATIONS) {
                System.out.printf("%,d mutations in %.0f s of %s; accepted %s; slowest %.2f s: %s%n", i + 1,
                        (System.nanoTime() - begin) / 1e9, tried, accepted, slowest / 1e9, slow);
            }
        }
        assertThat(accepted.getOrDefault("archive", 0)).isLessThan(tried.get("archive"));
    }

    private Subject choice(List<Subject> subjects) {
        int at = random.nextInt(1000);
        int kind = 0;
        while (at >= KINDS.get(kind).share()) {
            at -= KINDS.get(kind++).share();
        }
        String name = KINDS.get(kind).name();
        List<Subject> those = subjects.stream().filter(subject -> subject.kind.equals(name)).toList();
        double left = random.nextDouble() * those.stream().mapToDouble(Subject::weight).sum();
        for (Subject subject : those) {
            left -= subject.weight();
            if (left < 0) {
                return subject;
            }
        }
        return those.get(0);
    }
}
