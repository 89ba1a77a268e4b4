package org.bbans.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.bbans.codec.archive.ArchiveInfo;
import org.bbans.codec.content.RecordShape;
import org.bbans.model.BuiltInModels;
import org.bbans.model.CompressionOptions;
import org.bbans.model.RecordCompressor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** Spark 4.0 itself does not run on Java 24 and newer. */
@Tag("slow")
@EnabledForJreRange(max = JRE.JAVA_23)
class SparkTest {

    private static final Path TESTDATA = Path.of(System.getProperty("bbans.testdata"));
    private static final int HEADER = 16;
    private static final int DIGIT = 28 * 28;
    private static final int DIGITS = 1000;
    private static final int BLOCK = 150;
    private static final StructType LABELLED = new StructType().add("label", DataTypes.BinaryType)
            .add("data", DataTypes.BinaryType);

    @TempDir
    private Path dir;

    private SparkSession spark;

    private SparkSession start(String master) {
        stop();
        spark = SparkSession.builder().master(master).config("spark.ui.enabled", false)
                .config("spark.sql.warehouse.dir", dir.resolve("warehouse").toString())
                .config("spark.sql.shuffle.partitions", 3).getOrCreate();
        spark.sparkContext().setLogLevel("OFF");
        return spark;
    }

    @AfterEach
    void stop() {
        if (spark != null) {
            spark.stop();
            spark = null;
        }
    }

    private static byte[] digits() throws IOException {
        return Arrays.copyOfRange(Files.readAllBytes(TESTDATA.resolve("mnist/t10k-images-idx3-ubyte")), HEADER,
                HEADER + DIGITS * DIGIT);
    }

    private static byte[] digit(byte[] digits, int i) {
        return Arrays.copyOfRange(digits, i * DIGIT, (i + 1) * DIGIT);
    }

    /** The digits in blocks of {@value #BLOCK}. */
    private Path archive(String name) throws IOException {
        final CompressionOptions options = CompressionOptions.plain()
                .withModels(new BuiltInModels().choice("mnist-fast").orElseThrow())
                .withRecords(RecordShape.parse("28x28", 0)).withBlockRecords(BLOCK).withThreads(1);
        final Path archive = dir.resolve(name);
        try (OutputStream out = Files.newOutputStream(archive)) {
            new RecordCompressor(options).compress(new ByteArrayInputStream(digits()), (long) DIGITS * DIGIT, out);
        }
        return archive;
    }

    private static Dataset<Row> load(SparkSession spark, Path... paths) {
        return spark.read().format("bbans").load(Stream.of(paths).map(Path::toString).toArray(String[]::new));
    }

    @Test
    void recordsAreRows() throws Exception {
        final byte[] digits = digits();
        final Path archive = archive("digits.bba");
        final Dataset<Row> rows = load(start("local[2]"), archive);

        assertThat(rows.rdd().getNumPartitions()).isEqualTo((DIGITS + BLOCK - 1) / BLOCK);
        final List<Row> all = rows.orderBy("record").collectAsList();
        assertThat(all).hasSize(DIGITS);
        for (int i = 0; i < DIGITS; i++) {
            assertThat(all.get(i).getLong(0)).isEqualTo(i);
            assertThat(all.get(i).isNullAt(1)).isTrue();
            assertThat((byte[]) all.get(i).get(2)).isEqualTo(digit(digits, i));
            assertThat(all.get(i).getString(3)).isEqualTo(archive.toString());
        }
        assertThat(rows.count()).isEqualTo(DIGITS);
        assertThat(rows.filter("length(data) <> 784").count()).isZero();
    }

    /** Conditions on the record leave blocks out; whatever else they say is true of the rows. */
    @Test
    void conditionsChooseBlocks() throws Exception {
        final Dataset<Row> rows = load(start("local[2]"), archive("digits.bba"));
        for (String[] condition : new String[][] {{"record >= 300 and record < 450", "1", "150"},
            {"record = 299", "1", "1"}, {"record > 148 and record <= 150", "2", "2"}, {"record < 0", "0", "0"},
            {"record > 998", "1", "1"}, {"record >= 1000", "0", "0"}, {"record = 5 and record = 6", "0", "0"},
            {"record < 151 and record % 2 = 0", "2", "76"}, {"record = 1 or record = 999", "7", "2"},
            {"record not between 10 and 989", "7", "20"}}) {
            final Dataset<Row> some = rows.filter(condition[0]);
            assertThat(some.rdd().getNumPartitions()).as(condition[0]).isEqualTo(Integer.parseInt(condition[1]));
            assertThat(some.select("record").count()).as(condition[0]).isEqualTo(Long.parseLong(condition[2]));
            assertThat(some.select("data").collectAsList()).as(condition[0]).hasSize(Integer.parseInt(condition[2]));
        }
        assertThat((byte[]) rows.filter("record = 777").select("data").head().get(0))
                .isEqualTo(digit(digits(), 777));
    }

    /** Nothing that needs decoding is decoded for the numbers alone. */
    @Test
    void columnsThatNobodyWantsAreNotDecoded() throws Exception {
        final Path archive = archive("digits.bba");
        final byte[] damaged = Files.readAllBytes(archive);
        final long place = ArchiveInfo.read(archive).blocks().get(2).payloadOffset() + 40;
        damaged[(int) place] ^= 1;
        Files.write(archive, damaged);
        final Dataset<Row> rows = load(start("local[2]"), archive);
        assertThat(rows.selectExpr("sum(record)", "max(archive)").head().getLong(0))
                .isEqualTo(DIGITS * (DIGITS - 1L) / 2);
        assertThat(rows.filter("record < 300 or record >= 450").filter("record < 300").select("data").collectAsList())
                .hasSize(300);
        assertThatThrownBy(() -> rows.select("data").collectAsList()).hasStackTraceContaining("block 2")
                .hasStackTraceContaining(archive.toString());
    }

    /** Files of folders, with what they hold and how large their images are. */
    @Test
    void filesAreRows() throws Exception {
        final Path archive = TESTDATA.resolve("collections/folder.bba");
        final Dataset<Row> rows = load(start("local[2]"), archive);
        final Map<String, byte[]> expected = new TreeMap<>();
        try (FileSystem folder = FileSystems.newFileSystem(archive);
                Stream<Path> all = Files.walk(folder.getPath("/"))) {
            for (Path file : all.filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS)).toList()) {
                final String name = file.toString().substring(1);
                expected.put(name, Files.readAllBytes(file));
                final Row row = rows.filter(rows.col("path").equalTo(name))
                        .selectExpr("modificationTime", "length", "mode", "archive").head();
                assertThat(row.getTimestamp(0).toInstant())
                        .isEqualTo(Files.getLastModifiedTime(file).toInstant().truncatedTo(ChronoUnit.MICROS));
                assertThat(row.getLong(1)).isEqualTo(Files.size(file));
                assertThat(row.getInt(2)).isEqualTo(Files.getAttribute(file, "bbans:mode"));
                assertThat(row.getString(3)).isEqualTo(archive.toString());
            }
        }
        final List<Row> all = rows.select("content", "path").collectAsList();
        assertThat(all).hasSameSizeAs(expected.keySet());
        for (Row row : all) {
            assertThat((byte[]) row.get(0)).as(row.getString(1)).isEqualTo(expected.get(row.getString(1)));
        }
        assertThat(rows.count()).isEqualTo(expected.size());
        for (Row row : rows.select("path", "width", "height", "channels").collectAsList()) {
            final BufferedImage image = ImageIO.read(new ByteArrayInputStream(expected.get(row.getString(0))));
            if (image != null) {
                assertThat(row.getInt(1)).isEqualTo(image.getWidth());
                assertThat(row.getInt(2)).isEqualTo(image.getHeight());
                assertThat(row.getInt(3)).isEqualTo(image.getRaster().getNumBands());
            }
        }
        final List<Row> known = rows.select("path", "length").collectAsList();
        final Dataset<Row> local = spark.createDataFrame(known, rows.select("path", "length").schema());
        for (String condition : List.of("path like '%.png'", "path in ('folder/one.png', 'nothing')", "path > 'g'",
                "path = 'folder/one.png' or length = 0", "path like 'folder/%' and not path like '%one%'",
                "path like '%one%' or path = 'nothing'")) {
            final List<String> some = rows.filter(condition).select("content", "path").collectAsList().stream()
                    .map(r -> r.getString(1)).sorted().toList();
            assertThat(some).as(condition).isEqualTo(local.filter(condition).collectAsList().stream()
                    .map(r -> r.getString(0)).sorted().toList());
        }
        assertThat(rows.filter("path = 'nothing'").rdd().getNumPartitions()).isZero();
    }

    /** With attempts that fail in the middle of every task, on the way in and on the way out. */
    @Test
    void whatIsWrittenComesBackWhateverFails() throws Exception {
        final byte[] digits = digits();
        final List<Row> source = new ArrayList<>();
        for (int i = 0; i < DIGITS; i++) {
            source.add(RowFactory.create(new byte[] {(byte) (i % 10)}, digit(digits, i)));
        }
        final Path folder = dir.resolve("written");
        final Dataset<Row> rows = failing(start("local[2,3]").createDataFrame(source, LABELLED).repartition(5));
        rows.write().format("bbans").option("shape", "28x28").option("model", "mnist-fast").option("embed", "true")
                .mode("append").save(folder.toString());

        assertThat(files(folder)).hasSize(5).allMatch(name -> name.matches("part-0000\\d-[-0-9a-f]+\\.bba"));
        final Dataset<Row> back = load(spark, folder);
        assertThat(contents(failing(back.select("label", "data")))).isEqualTo(contents(source));
        long size = 0;
        for (String name : files(folder)) {
            final ArchiveInfo info = ArchiveInfo.read(folder.resolve(name));
            assertThat(info.records()).isEqualTo(DIGITS / 5);
            // So few digits do not pay for a model of their own.
            assertThat(info.embeddedModelSize()).isZero();
            size += info.fileSize();
        }
        assertThat(size).isLessThan(digits.length / 4);

        // A job that fails for good leaves everything as it was; one that overwrites leaves its own archives only.
        final List<String> before = files(folder);
        assertThatThrownBy(() -> back.selectExpr("label", "substring(data, 1, 5) as data").write().format("bbans")
                .option("shape", "28x28").mode("append").save(folder.toString()))
                .hasStackTraceContaining("5 of data, not");
        assertThat(files(folder)).isEqualTo(before);
        load(spark, folder).filter("record < 10").coalesce(1).write().format("bbans").option("shape", "28x28")
                .mode("overwrite").save(folder.toString());
        assertThat(files(folder)).hasSize(1);
        assertThat(load(spark, folder).count()).isEqualTo(50);
    }

    /** Every task fails twice in its midst. */
    private static Dataset<Row> failing(Dataset<Row> rows) {
        return rows.mapPartitions((MapPartitionsFunction<Row, Row>) SparkTest::failingTwice,
                Encoders.row(rows.schema()));
    }

    private static Iterator<Row> failingTwice(Iterator<Row> rows) {
        final int attempt = TaskContext.get().attemptNumber();
        return new Iterator<>() {

            private int given;

            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Row next() {
                given++;
                if (attempt < 2 && given == 20 * (attempt + 1)) {
                    throw new IllegalStateException("a machine has burnt down");
                }
                return rows.next();
            }
        };
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private static List<String> contents(Dataset<Row> rows) {
        return contents(rows.collectAsList());
    }

    private static List<String> contents(List<Row> rows) {
        return rows.stream().map(r -> Arrays.toString((byte[]) r.get(0)) + Arrays.toString((byte[]) r.get(1)))
                .sorted().toList();
    }

    @Test
    void anyNumberOfThreadsGivesTheSameRows() throws Exception {
        final Path[] archives = {archive("a.bba"), archive("b.bba"), archive("c.bba")};
        final List<String> one = numbered(load(start("local[1]"), archives));
        final List<String> four = numbered(load(start("local[4]"), archives));
        assertThat(one).hasSize(3 * DIGITS).isEqualTo(four);
    }

    private static List<String> numbered(Dataset<Row> rows) {
        return rows.selectExpr("archive", "record", "md5(data)").collectAsList().stream().map(Row::toString).sorted()
                .toList();
    }

    @Test
    void whatCannotBeSaysSo() throws Exception {
        start("local[2]");
        final Dataset<Row> numbers = spark.range(3).toDF();
        assertThatThrownBy(() -> numbers.write().format("bbans").option("shape", "28x28").mode("append")
                .save(dir.resolve("no").toString())).hasMessageContaining("archives take the binary columns");
        final Dataset<Row> data = spark.sql("select cast('abcd' as binary) as data");
        assertThatThrownBy(() -> data.write().format("bbans").mode("append").save(dir.resolve("no").toString()))
                .hasMessageContaining("the option shape");
        final Path text = dir.resolve("text.bba");
        try (OutputStream out = Files.newOutputStream(text)) {
            new RecordCompressor(CompressionOptions.plain()).compress(TESTDATA.resolve("README.md"), out);
        }
        assertThatThrownBy(() -> load(spark, text).count())
                .hasMessageContaining("holds no records");
        assertThatThrownBy(() -> data.write().format("bbans").option("shape", "2x2").mode("append")
                .save(dir.resolve("tiny").toString())).hasStackTraceContaining("no model codes these records");
        assertThat(files(dir.resolve("tiny"))).isEmpty();
    }
}
