package org.bbans.bench;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.bbans.codec.archive.ArchiveInfo;
import org.bbans.codec.archive.ArchiveInputStream;
import org.bbans.codec.archive.ArchiveOptions;
import org.bbans.codec.archive.ArchiveOutputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.archive.RecordReader;
import org.bbans.codec.collection.CollectionBatch;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.collection.CollectionReader;
import org.bbans.codec.collection.CollectionWriter;
import org.bbans.codec.collection.StoredContent;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.format.ArchiveModel;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.SampleFormat;
import org.bbans.codec.io.Spool;
import org.bbans.model.BuiltInModels;
import org.bbans.model.CompressionOptions;
import org.bbans.model.RecordCompressor;

/**
 * What collections of 10^9 records cost, from archives of some thousands that are written, read and compared: rate,
 * index, memory to open, processor time, and the time of a random read, for blocks and learning groups of several
 * sizes; how many blocks random reads touch, by drawing them; and the directories of archives of many files.
 *
 * <p>Usage: {@code CollectionScale [FRAMES]}, an IDX file of grey frames for the learning groups. Processor times are
 * those of the process, compiler and all, of archives large enough that this matters little.
 */
public final class CollectionScale {

    private static final long ALL = 1_000_000_000;
    private static final int HOUR = 3600;
    private static final int[] BLOCKS = {16, 64, 256, 1000, 10_000};
    private static final int[] GROUPS = {1, 16, 64, 256, 1024};
    private static final int RECORDS = 10_000;
    private static final int READS = 9;
    private static final int ENTRIES = 100_000;

    private final BuiltInModels models = new BuiltInModels();
    private final Path folder;

    /**
     * Costs of a record.
     *
     * @param bytes of archive, index excluded
     * @param index bytes of it
     * @param blocks number of blocks
     * @param write nanoseconds to compress, without verification
     * @param read nanoseconds to decompress everything
     * @param random milliseconds of a random read, the median
     */
    private record Costs(double bytes, double index, double blocks, double write, double read, double random) {}

    private CollectionScale(Path folder) {
        this.folder = folder;
    }

    /** @param args see the class */
    public static void main(String[] args) throws IOException {
        final Path folder = Files.createTempDirectory("scale");
        final CollectionScale scale = new CollectionScale(folder);
        System.out.println("Java " + Runtime.version() + ", " + Engines.describe());
        try {
            final Layout digit = Layout.of(0, SampleFormat.U8, Images.HEIGHT, Images.WIDTH);
            final ArchiveModel digits = BenchModels.codec(BenchModels.DEFAULT);
            for (int warmUp : new int[] {1000, 64, 16}) {
                scale.run(digits, digit, Images.mnist(RECORDS), warmUp);
            }
            header("10^9 digits of 784 bytes by " + BenchModels.DEFAULT + ", by records in a block");
            for (int block : BLOCKS) {
                print(block, scale.run(digits, digit, Images.mnist(RECORDS), block), Images.DIMS);
            }
            if (args.length > 0) {
                scale.groups(args[0]);
            }
            draws();
            scale.files();
        } finally {
            for (Path file : List.of(folder.resolve("archive"), folder)) {
                Files.deleteIfExists(file);
            }
        }
    }

    private void groups(String frames) throws IOException {
        final ImageFiles file = ImageFiles.read(frames, Integer.MAX_VALUE);
        final byte[] content = new byte[file.samples().length];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) file.samples()[i];
        }
        final int height = file.grid().height();
        final int width = file.grid().width();
        final Layout layout = Layout.of(0, SampleFormat.U8, height, width);
        for (String name : models.imageNames()) {
            final ArchiveModel model = models.imagesByName(name).orElseThrow();
            run(model, layout, content, 64);
            header("10^9 frames of " + height * width + " bytes by " + name + ", by records in a learning group");
            for (int group : GROUPS) {
                print(group, run(model, layout, content, group), height * width);
            }
        }
    }

    private static long processorTime() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private Costs run(ArchiveModel model, Layout layout, byte[] content, int blockRecords) throws IOException {
        final Path archive = folder.resolve("archive");
        final ArchiveOptions options = ArchiveOptions.DEFAULT.withRecords(layout, model).withVerify(false)
                .withBlockRecords(blockRecords);
        final double records = (double) content.length / layout.recordBytes();
        long time = processorTime();
        try (OutputStream out = new ArchiveOutputStream(new BufferedOutputStream(Files.newOutputStream(archive)),
                options)) {
            out.write(content);
        }
        final double write = processorTime() - time;
        time = processorTime();
        try (ArchiveInputStream in = new ArchiveInputStream(Files.newInputStream(archive), models,
                ReadOptions.DEFAULT)) {
            if (!Arrays.equals(in.readAllBytes(), content)) {
                throw new IllegalStateException("the archive does not hold what was written");
            }
        }
        final double read = processorTime() - time;
        final ArchiveInfo info = ArchiveInfo.read(archive);
        final BlockInfo last = info.blocks().get(info.blocks().size() - 1);
        final long end = last.fileOffset() + last.fileSize();
        final double[] random = new double[READS];
        final Random numbers = new Random(1);
        for (int i = 0; i < READS; i++) {
            try (RecordReader reader = new RecordReader(archive, models)) {
                final int number = numbers.nextInt((int) records);
                final long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                final byte[] record = reader.read(number);
                random[i] = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin) * 1e-6;
                final int from = (int) (number * layout.recordBytes());
                if (!Arrays.equals(record, 0, record.length, content, from, from + record.length)) {
                    throw new IllegalStateException("record " + number + " is another one");
                }
            }
        }
        return new Costs(end / records, (info.fileSize() - end) / records, info.blocks().size() / records,
                write / records, read / records, RoundRobin.median(random));
    }

    private static void header(String title) {
        System.out.printf("%n%s%n%8s %9s %9s %9s %11s %9s %9s %9s %12s%n", title, "records", "bits/dim", "GB",
                "index GB",
                "archives", "write h", "read h", "random ms", "reads/s");
    }

    /** The columns: archives are as many as each must be opened within the usual 512 MiB of memory. */
    private static void print(int records, Costs costs, int dims) {
        final double memory = 56 * costs.blocks() * ALL;
        System.out.printf(Locale.ROOT, "%8d %9.4f %9.1f %9.3f %11.0f %9.0f %9.0f %9.1f %12.1f%n", records,
                8 * (costs.bytes() + costs.index()) / dims, (costs.bytes() + costs.index()) * ALL * 1e-9,
                costs.index() * ALL * 1e-9, Math.ceil(memory / (1 << 29)),
                costs.write() * ALL * 1e-9 / HOUR, costs.read() * ALL * 1e-9 / HOUR,
                costs.random(), 1000 / costs.random());
    }

    /** Blocks that are decoded for random records, each once if the numbers are sorted first. */
    private static void draws() {
        System.out.printf(
                "%nblocks decoded for random records of 10^9, in any order (the last block is kept) and sorted%n"
                        + "%10s %10s %12s %12s%n",
                "records", "per block", "any order", "sorted");
        for (int block : new int[] {64, 1000, 10_000}) {
            for (int draws : new int[] {1000, 100_000, 10_000_000}) {
                final Random random = new Random(1);
                final BitSet touched = new BitSet((int) (ALL / block));
                int changes = 0;
                int before = -1;
                for (int i = 0; i < draws; i++) {
                    final int at = random.nextInt((int) ALL) / block;
                    changes += at == before ? 0 : 1;
                    before = at;
                    touched.set(at);
                }
                System.out.printf(Locale.ROOT, "%,10d %,10d %,12d %,12d%n", draws, block, changes,
                        touched.cardinality());
            }
        }
    }

    /** Directories of files with numbers for names, in 1,000 folders. */
    private void files() throws IOException {
        final Path archive = folder.resolve("archive");
        final List<CollectionEntry> entries = new ArrayList<>();
        final Random random = new Random(1);
        long names = 0;
        for (int i = 0; i < ENTRIES; i++) {
            final byte[] path = String.format(Locale.ROOT, "images/%03d/%09d.png", i / 100, i)
                    .getBytes(StandardCharsets.US_ASCII);
            names += path.length;
            entries.add(new CollectionEntry(path, EntryType.FILE, 0644, 1_700_000_000 + random.nextInt(1 << 24),
                    random.nextInt(1_000_000_000), new byte[0],
                    new StoredContent.Segments(List.of(new StoredContent.Run(0, 1)))));
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(archive)); Spool stream = new Spool()) {
            new RecordCompressor(CompressionOptions.plain()).compress(new ByteArrayInputStream(new byte[ENTRIES]),
                    (long) ENTRIES, stream);
            final CollectionWriter writer = new CollectionWriter(out, false);
            writer.batch(entries, List.of(stream), 0);
            writer.finish();
        }
        final double[] millis = new double[READS];
        for (int i = 0; i < READS; i++) {
            final long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            try (CollectionReader reader = CollectionReader.open(archive, ModelSource.NONE, ReadOptions.DEFAULT)) {
                CollectionBatch batch = reader.next();
                if (!batch.entries().equals(entries)) {
                    throw new IllegalStateException("the directory does not hold what was written");
                }
                batch = reader.next();
            }
            millis[i] = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin) * 1e-6;
        }
        System.out.printf(Locale.ROOT, "%n%,d files in a directory: %.2f bytes a file (their names have %.1f), "
                + "%.0f ms to read it%n", ENTRIES, (double) Files.size(archive) / ENTRIES, (double) names / ENTRIES,
                RoundRobin.median(millis));
    }
}
