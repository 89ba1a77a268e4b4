package org.bbans.spark;

import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.RelationalGroupedDataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.bbans.codec.content.RecordShape;
import org.bbans.model.BuiltInModels;
import org.bbans.model.CompressionOptions;
import org.bbans.model.RecordCompressor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** Executors that are processes of their own, of which one is killed in the midst of a task. */
@Tag("slow")
@EnabledForJreRange(max = JRE.JAVA_23)
class ClusterTest {

    private static final Path TESTDATA = Path.of(System.getProperty("bbans.testdata"));
    private static final int HEADER = 16;
    private static final int DIGIT = 28 * 28;
    private static final int DIGITS = 600;
    private static final int BLOCK = 100;
    private static final int ALL_DIGITS = 60_000;
    private static final int LARGE_BLOCK = 10_000;
    private static final int KILLED_AT = 30;
    private static final int WAIT_MILLIS = 60_000;

    @TempDir
    private Path dir;

    private SparkSession spark;

    @BeforeEach
    void home() throws IOException {
        // Where a worker looks for Spark's jars, which stand on the executors' class path already.
        Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    }

    private void start(int executors, int maxFailures) {
        spark = SparkSession.builder().master("local-cluster[" + executors + ",1,600]")
                .config("spark.ui.enabled", false)
                .config("spark.executor.memory", "600m").config("spark.task.maxFailures", maxFailures)
                .config("spark.executor.extraClassPath",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")))
                .config("spark.executor.extraJavaOptions", "--add-modules=jdk.incubator.vector")
                .config("spark.sql.warehouse.dir", dir.resolve("warehouse").toString())
                .config("spark.sql.adaptive.enabled", false).getOrCreate();
        spark.sparkContext().setLogLevel("OFF");
    }

    @AfterEach
    void stop() {
        if (spark != null) {
            spark.stop();
        }
    }

    /** Digits, over and over: those of the test data, or of another file like it, {@code -Dbbans.digits=FILE.gz}. */
    private static byte[] digits(int n) throws IOException {
        final String file = System.getProperty("bbans.digits");
        final byte[] all;
        if (file == null) {
            all = Files.readAllBytes(TESTDATA.resolve("mnist/t10k-images-idx3-ubyte"));
        } else {
            try (InputStream in = new GZIPInputStream(Files.newInputStream(Path.of(file)))) {
                all = in.readAllBytes();
            }
        }
        final byte[] digits = new byte[n * DIGIT];
        for (int at = 0; at < digits.length; at += all.length - HEADER) {
            System.arraycopy(all, HEADER, digits, at, Math.min(all.length - HEADER, digits.length - at));
        }
        return digits;
    }

    private Path archive(int records, int blockRecords) throws IOException {
        final byte[] digits = digits(records);
        final CompressionOptions options = CompressionOptions.plain()
                .withModels(new BuiltInModels().choice("mnist-fast").orElseThrow())
                .withRecords(RecordShape.parse("28x28", 0)).withBlockRecords(blockRecords).withThreads(1)
                .withVerify(false);
        final Path archive = dir.resolve("digits.bba");
        try (OutputStream out = Files.newOutputStream(archive)) {
            new RecordCompressor(options).compress(new ByteArrayInputStream(digits), digits.length, out);
        }
        return archive;
    }

    @Test
    void aKilledExecutorLosesNothing() throws Exception {
        final String archive = archive(DIGITS, BLOCK).toString();
        start(2, 4);
        final Path reading = Files.createDirectory(dir.resolve("reading"));
        final Dataset<Row> digits = spark.read().format("bbans").load(archive);
        final CompletableFuture<Long> killed = kill(reading);
        final List<String> rows = rows(waiting(digits.select("record", "data"), reading));
        assertThat(killed.get()).isPositive();
        assertThat(rows).hasSize(DIGITS).isEqualTo(rows(digits.select("record", "data")));

        final Path writing = Files.createDirectory(dir.resolve("writing"));
        final Path folder = dir.resolve("written");
        final CompletableFuture<Long> killedToo = kill(writing);
        waiting(digits.select("data"), writing).write().format("bbans").option("shape", "28x28")
                .option("model", "mnist-fast").mode("append").save(folder.toString());
        assertThat(killedToo.get()).isPositive();
        assertThat(files(folder)).hasSize(DIGITS / BLOCK).allMatch(name -> name.matches("part-.*\\.bba"));
        assertThat(rows(spark.read().format("bbans").load(folder.toString()).selectExpr("0L", "data")))
                .isEqualTo(rows(digits.selectExpr("0L", "data")));
    }

    /** A job that a killed executor brings down leaves no archive, and none of its hidden files. */
    @Test
    void aJobThatFailsLeavesNothing() throws Exception {
        final String archive = archive(DIGITS, BLOCK).toString();
        start(2, 1);
        final Path writing = Files.createDirectory(dir.resolve("writing"));
        final Path folder = dir.resolve("written");
        final CompletableFuture<Long> killed = kill(writing);
        final Dataset<Row> rows = waiting(spark.read().format("bbans").load(archive).select("data"), writing);
        assertThatThrownBy(() -> rows.write().format("bbans").option("shape", "28x28").option("model", "mnist-fast")
                .mode("append").save(folder.toString())).hasStackTraceContaining("aborted due to stage failure");
        assertThat(killed.get()).isPositive();
        spark.stop();
        assertThat(Files.exists(folder) ? files(folder) : List.of()).isEmpty();
    }

    /** Ten archives of 60,000 digits; prints how long so many executors take: {@code -Dbbans.executors=1,4}. */
    @Test
    @EnabledIfSystemProperty(named = "bbans.executors", matches = "[\\d,]+")
    void anyNumberOfExecutorsGivesTheRows() throws Exception {
        final Path folder = Files.createDirectory(dir.resolve("ten"));
        final Path first = archive(ALL_DIGITS, LARGE_BLOCK);
        for (int i = 0; i < 10; i++) {
            Files.copy(first, folder.resolve("digits-" + i + ".bba"));
        }
        final List<String> results = new ArrayList<>();
        for (String executors : System.getProperty("bbans.executors").split(",")) {
            start(Integer.parseInt(executors), 4);
            final AtomicLong processorTime = new AtomicLong();
            spark.sparkContext().addSparkListener(new SparkListener() {
                @Override
                public void onTaskEnd(SparkListenerTaskEnd task) {
                    processorTime.addAndGet(task.taskMetrics().executorCpuTime());
                }
            });
            final String expected = fingerprint(truth()).head().toString();
            final Dataset<Row> all = spark.read().format("bbans").load(folder.toString());
            processorTime.set(0);
            final long begin = System.nanoTime();
            final List<Row> rows = fingerprint(all.groupBy("archive")).drop("archive").collectAsList();
            final long end = System.nanoTime();
            spark.stop();
            System.out.printf(Locale.ROOT, "%s executors: %.1f s, %.1f s of their processor time%n", executors,
                    (end - begin) * 1e-9, processorTime.get() * 1e-9);
            assertThat(rows).hasSize(10).allMatch(row -> row.toString().equals(expected));
            results.add(expected);
        }
        System.out.println("count and hashes of each archive's rows: " + results);
        assertThat(results).containsOnly(results.get(0));
    }

    private static Dataset<Row> fingerprint(RelationalGroupedDataset rows) {
        return rows.agg(expr("count(*)"), expr("bit_xor(xxhash64(record, data))"),
                expr("sum(xxhash64(record, data) % 1000003)"));
    }

    /** The records of such an archive, from the digits themselves. */
    private RelationalGroupedDataset truth() throws IOException {
        final byte[] digits = digits(ALL_DIGITS);
        final List<Row> rows = new ArrayList<>();
        for (int i = 0; i < ALL_DIGITS; i++) {
            rows.add(RowFactory.create((long) i, Arrays.copyOfRange(digits, i * DIGIT, (i + 1) * DIGIT)));
        }
        return spark.createDataFrame(rows, new StructType().add("record", DataTypes.LongType).add("data",
                DataTypes.BinaryType)).groupBy();
    }

    /** Its first task tells its process's number in its midst, once, and waits for the end. */
    private static Dataset<Row> waiting(Dataset<Row> rows, Path place) {
        return rows.mapPartitions(new Victim(place.toString()), Encoders.row(rows.schema()));
    }

    /** A class of its own, for executors know no test data. */
    private record Victim(String folder) implements MapPartitionsFunction<Row, Row> {

        @Override
        public Iterator<Row> call(Iterator<Row> rows) {
            return new Iterator<>() {

                private int given;

                @Override
                public boolean hasNext() {
                    return rows.hasNext();
                }

                @Override
                public Row next() {
                    given++;
                    if (given == KILLED_AT && TaskContext.getPartitionId() == 0) {
                        meetTheEnd(Path.of(folder, "killed"));
                    }
                    return rows.next();
                }
            };
        }

        private static void meetTheEnd(Path mark) {
            if (Files.exists(mark)) {
                return;
            }
            try {
                Files.writeString(mark.resolveSibling("new"), Long.toString(ProcessHandle.current().pid()));
                Files.move(mark.resolveSibling("new"), mark);
                Thread.sleep(WAIT_MILLIS);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Kills the process whose number appears; gives that number. */
    private static CompletableFuture<Long> kill(Path place) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                final Path mark = place.resolve("killed");
                for (int i = 0; i < WAIT_MILLIS / 10 && !Files.exists(mark); i++) {
                    Thread.sleep(10);
                }
                final long pid = Long.parseLong(Files.readString(mark));
                return pid != ProcessHandle.current().pid()
                        && ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly).orElse(false) ? pid : -1;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static List<String> rows(Dataset<Row> rows) {
        return rows.collectAsList().stream().map(r -> r.getLong(0) + Arrays.toString((byte[]) r.get(1))).sorted()
                .toList();
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }
}
