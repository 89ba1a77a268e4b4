package org.bbans.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.connector.write.LogicalWriteInfo;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the folder, without the cluster that fills it. */
class ArchiveWriteTest {

    private static final String JOB = "5e8a";

    @TempDir
    private Path dir;

    /** What the option path gives. */
    private record Info(Map<String, String> given) implements LogicalWriteInfo {

        @Override
        public CaseInsensitiveStringMap options() {
            return new CaseInsensitiveStringMap(given);
        }

        @Override
        public String queryId() {
            return JOB;
        }

        @Override
        public StructType schema() {
            return new StructType().add("data", DataTypes.BinaryType);
        }
    }

    @BeforeEach
    void fill() throws IOException {
        for (int i = 0; i < 3; i++) {
            Files.writeString(dir.resolve("old" + i + ".bba"), "old " + i);
        }
        Files.createDirectories(dir.resolve("photos.bba/inside"));
    }

    private ArchiveWrite write(String option, String value) {
        return new ArchiveWrite(new Info(Map.of("path", dir.toString(), "shape", "28x28", option, value)));
    }

    private ArchiveWrite write() {
        return new ArchiveWrite(new Info(Map.of("path", dir.toString(), "shape", "28x28")));
    }

    /** Files that three tasks have written. */
    private WriterCommitMessage[] messages() throws IOException {
        final WriterCommitMessage[] messages = new WriterCommitMessage[3];
        for (int i = 0; i < messages.length; i++) {
            final String name = "part-0000" + i + "-" + JOB + ".bba";
            final Path hidden = Files.writeString(dir.resolve("." + name + ".7.tmp"), "new " + i);
            messages[i] = new ArchiveWrite.Written(hidden.toString(), name);
        }
        return messages;
    }

    private Map<String, String> files() throws IOException {
        final Map<String, String> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(dir)) {
            for (Path path : all.toList()) {
                found.put(dir.relativize(path).toString(), Files.isRegularFile(path)
                        ? Files.readString(path, StandardCharsets.UTF_8) : "folder");
            }
        }
        return found;
    }

    @Test
    void whatNoTaskCouldDoIsRefusedAtOnce() {
        assertThatThrownBy(() -> write("effort", "hard")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one of [fast, balanced, best], not hard");
        assertThatThrownBy(() -> write("model", "mnist-fats")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mnist-fast, ").hasMessageEndingWith("not mnist-fats");
        assertThatThrownBy(() -> write("model", dir.resolve("old0.bba").toString()))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(write("effort", "Best")).isNotNull();
        assertThat(write("model", "mnist-fast")).isNotNull();
    }

    @Test
    void aPathBehindFileNeedNotBeAUri() {
        for (String path : List.of("file:/tmp/my data", "file:///tmp/my data", "file:/tmp/my%20data", "/tmp/my data")) {
            assertThat(Archives.folder(Map.of("path", path))).isEqualTo(Path.of("/tmp/my data"));
        }
        assertThat(Archives.folder(Map.of("path", "file:/tmp/100%"))).isEqualTo(Path.of("/tmp/100%"));
    }

    @Test
    void archivesAreReplacedAndNothingElse() throws Exception {
        final ArchiveWrite write = write();
        write.truncate();
        write.commit(messages());
        assertThat(files()).hasSize(6).containsEntry("part-00002-" + JOB + ".bba", "new 2")
                .containsEntry("photos.bba/inside", "folder").doesNotContainKey("old0.bba");
        assertThat(Archives.all(Map.of("path", dir.toString()))).hasSize(3);
        write.abort(new WriterCommitMessage[3]);
        assertThat(files()).as("what is committed stays").hasSize(6);
    }

    @Test
    void aMoveThatFailsLeavesTheFolderAsItWas() throws Exception {
        final Map<String, String> before = files();
        for (boolean replaces : new boolean[] {false, true}) {
            final WriterCommitMessage[] messages = messages();
            Files.delete(dir.resolve(".part-00002-" + JOB + ".bba.7.tmp"));
            final ArchiveWrite write = write();
            if (replaces) {
                write.truncate();
            }
            assertThatThrownBy(() -> write.commit(messages)).isInstanceOf(UncheckedIOException.class);
            write.abort(messages);
            assertThat(files()).isEqualTo(before);
        }
    }

    @Test
    void anOldArchiveThatCannotGoLeavesTheFolderAsItWas() throws Exception {
        // Nothing is moved onto a folder, so this stands in the way of the second one.
        Files.createDirectories(dir.resolve(".old-1-" + JOB + ".bba/full"));
        final Map<String, String> before = files();
        final WriterCommitMessage[] messages = messages();
        final ArchiveWrite write = write();
        write.truncate();
        assertThatThrownBy(() -> write.commit(messages)).isInstanceOf(UncheckedIOException.class);
        write.abort(messages);
        assertThat(files()).isEqualTo(before);
    }
}
