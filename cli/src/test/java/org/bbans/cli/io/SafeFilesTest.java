package org.bbans.cli.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.bbans.codec.archive.ArchiveInfo;
import org.bbans.codec.archive.ArchiveOptions;
import org.bbans.codec.archive.ArchiveOutputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to files, step by step. */
class SafeFilesTest {

    @TempDir
    private Path dir;
    private Path in;
    private Path out;

    @BeforeEach
    void files() throws IOException {
        in = Files.write(dir.resolve("in"), "some content".getBytes(StandardCharsets.US_ASCII));
        out = dir.resolve("out");
    }

    private Path temporary() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.filter(file -> file.toString().endsWith(".tmp")).findFirst().orElseThrow();
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private void write(boolean force) throws IOException {
        try (InputFile input = InputFile.open(in.toString());
                OutputFile output = OutputFile.open(out.toString(), force, input)) {
            output.stream().write(new byte[1000]);
            output.commit();
        }
    }

    @Test
    void aNameThatIsTakenMeanwhileIsLeftAlone() throws IOException {
        try (InputFile input = InputFile.open(in.toString());
                OutputFile output = OutputFile.open(out.toString(), false, input)) {
            output.stream().write(new byte[1000]);
            Files.write(out, new byte[] {42});
            assertThatThrownBy(output::commit).isInstanceOf(FileException.class).hasMessageContaining("exists already");
        }
        assertThat(out).hasBinaryContent(new byte[] {42});
        try (Stream<Path> files = Files.list(dir)) {
            assertThat(files).containsExactlyInAnyOrder(in, out);
        }
    }

    @Test
    void onlyWhatWasReadIsDeleted() throws IOException {
        FileTime written = Files.getLastModifiedTime(in);
        try (InputFile input = InputFile.open(in.toString())) {
            Files.write(in, new byte[] {1}, StandardOpenOption.APPEND);
            Files.setLastModifiedTime(in, written);
            assertThatThrownBy(input::delete).isInstanceOf(FileException.class).hasMessageContaining("has changed");
        }
        try (InputFile input = InputFile.open(in.toString())) {
            byte[] other = Files.readAllBytes(in);
            other[0]++;
            Files.write(in, other);
            Files.setLastModifiedTime(in, FileTime.fromMillis(written.toMillis() + 1));
            assertThatThrownBy(input::delete).hasMessageContaining("has changed");
        }
        try (InputFile input = InputFile.open(in.toString())) {
            Path twin = Files.copy(in, dir.resolve("twin"));
            Files.setLastModifiedTime(twin, Files.getLastModifiedTime(in));
            Files.move(twin, in, StandardCopyOption.REPLACE_EXISTING);
            assertThatThrownBy(input::delete).hasMessageContaining("has changed");
        }
        assertThat(in).exists();
        Path link = Files.createSymbolicLink(dir.resolve("link"), in);
        try (InputFile input = InputFile.open(link.toString())) {
            assertThatThrownBy(input::checkDeletable).hasMessageContaining("symbolic link");
        }
        try (InputFile input = InputFile.open(in.toString())) {
            input.checkDeletable();
            input.delete();
        }
        assertThat(in).doesNotExist();
    }

    @Test
    void modeAndTimeAreKept() throws IOException {
        assumeThat(Files.getFileStore(dir).supportsFileAttributeView("posix")).isTrue();
        FileTime old = FileTime.fromMillis(1_577_880_000_123L);
        for (String mode : new String[] {"rw-------", "rwxr-x---", "r--r--r--"}) {
            Files.setPosixFilePermissions(in, PosixFilePermissions.fromString(mode));
            Files.setLastModifiedTime(in, old);
            write(true);
            Files.deleteIfExists(dir.resolve("copy"));
            assertThat(mode(out)).isEqualTo(mode);
            assertThat(Files.getLastModifiedTime(out)).isEqualTo(old);
            Files.delete(out);
        }
    }

    @Test
    void nobodyGetsMoreRightsThanOnWhatIsReplaced() throws IOException {
        assumeThat(Files.getFileStore(dir).supportsFileAttributeView("posix")).isTrue();
        Files.setPosixFilePermissions(in, PosixFilePermissions.fromString("rw-r--r--"));
        Files.write(out, new byte[1]);
        Files.setPosixFilePermissions(out, PosixFilePermissions.fromString("rw-------"));
        write(true);
        assertThat(mode(out)).isEqualTo("rw-------");
    }

    @Test
    void nothingIsReadableByOthersOnTheWay() throws IOException {
        assumeThat(Files.getFileStore(dir).supportsFileAttributeView("posix")).isTrue();
        Files.setPosixFilePermissions(in, PosixFilePermissions.fromString("rw-r--r--"));
        try (InputFile input = InputFile.open(in.toString());
                OutputFile output = OutputFile.open(out.toString(), false, input)) {
            output.stream().write(new byte[1000]);
            assertThat(mode(temporary())).isEqualTo("rw-------");
            output.commit();
        }
        assertThat(mode(out)).isEqualTo("rw-r--r--");
    }

    /** Whoever cannot see this process tries to lock its temporary files, and removes them if that works. */
    @Test
    void temporaryFilesAreLocked() throws Exception {
        try (TemporaryFile own = Temporaries.create(dir);
                FileChannel other = FileChannel.open(own.path(), StandardOpenOption.WRITE)) {
            assertThatThrownBy(other::tryLock).isInstanceOf(OverlappingFileLockException.class);
        }
    }

    @Test
    void temporaryFilesOfTheLivingStay() throws Exception {
        TemporaryFile own = Temporaries.create(dir);
        Process other = new ProcessBuilder("sleep", "60").start();
        Path living = Files.createFile(dir.resolve(".bbans-" + other.pid() + "-0123456789abcdef.tmp"));
        Files.setLastModifiedTime(living, FileTime.fromMillis(System.currentTimeMillis() + 2000));
        Path foreign = Files.createFile(dir.resolve(".bbans-0123456789abcdef.tmp"));
        Path nested = Files.createDirectory(dir.resolve("nested"));
        own.close();
        for (Path file : new Path[] {living, foreign}) {
            Files.move(file, nested.resolve(file.getFileName()));
        }
        Temporaries.create(nested).close();
        assertThat(nested.resolve(living.getFileName())).exists();
        assertThat(nested.resolve(foreign.getFileName())).exists();
        other.destroyForcibly().waitFor();

        Path later = Files.createDirectory(dir.resolve("later"));
        Files.move(nested.resolve(living.getFileName()), later.resolve(living.getFileName()));
        Temporaries.create(later).close();
        assertThat(later).isEmptyDirectory();
    }

    @Test
    void namesOfAnyBytesComeBack() {
        Random random = new Random(11);
        for (int i = 0; i < 10_000; i++) {
            byte[] name = new byte[1 + random.nextInt(8)];
            random.nextBytes(name);
            assertThat(FileNames.encode(FileNames.decode(name))).isEqualTo(name);
        }
        for (String name : new String[] {"plain", "größe", "\u65e5\u672c", "\ud83d\ude00"}) {
            assertThat(FileNames.decode(name.getBytes(StandardCharsets.UTF_8))).isEqualTo(name);
        }
    }

    @Test
    void aNameThatNoLocaleKnowsLeadsToItsFile() throws IOException {
        assumeThat(Path.of("/proc/self/cwd")).exists();
        String name = dir + "/bad\udcff\udcfe";
        Path file = FileNames.path(name);
        Files.write(file, new byte[] {7});
        try (InputFile input = InputFile.open(name)) {
            assertThat(input.stream().readAllBytes()).containsExactly(7);
        }
        assertThat(FileNames.path(dir.toString()).relativize(file).toUri().toString()).endsWith("bad%FF%FE");
    }

    /** The gzip file's own checksum is compared even where damage to the archive would be put up with. */
    @Test
    void aWrappingThatDoesNotGiveTheFileBackIsNoticedWithKeepGoing() throws IOException {
        ByteArrayOutputStream gz = new ByteArrayOutputStream();
        byte[] content = "to be or not to be, that is to be the question. ".repeat(2000)
                .getBytes(StandardCharsets.US_ASCII);
        try (OutputStream gzip = new GZIPOutputStream(gz)) {
            gzip.write(content);
        }
        Files.write(in, gz.toByteArray());
        Wrapping right = Wrappings.unwrap(Wrappings.FileKind.GZIP, ContentView.of(in), new Spool()).orElseThrow();
        final byte[] sound = archive(content, right);
        byte[] contradicting = archive(content, new Wrapping(right.kind(), right.size(), 1, right.data()));
        Files.write(out, sound);
        restore();
        assertThat(in.resolveSibling("back")).hasBinaryContent(gz.toByteArray());
        Files.write(out, contradicting);
        assertThatThrownBy(this::restore).hasMessageContaining("differs");
        // Damage to an archive in front does not excuse the one behind it.
        BlockInfo block = ArchiveInfo.read(Files.write(out, sound)).blocks().get(0);
        sound[(int) (block.fileOffset() + block.fileSize()) - 3] ^= 1;
        Files.write(out, sound);
        assertThat(restore().damages()).hasSize(2);
        Files.write(out, contradicting, StandardOpenOption.APPEND);
        assertThatThrownBy(this::restore).hasMessageContaining("differs");
    }

    private static byte[] archive(byte[] content, Wrapping wrapping) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream archive =
                new ArchiveOutputStream(bytes, ArchiveOptions.DEFAULT.withWrapping(wrapping))) {
            archive.write(content);
        }
        return bytes.toByteArray();
    }

    private ArchiveFile.Restored restore() throws IOException {
        try (InputFile input = InputFile.open(out.toString());
                OutputStream back = Files.newOutputStream(in.resolveSibling("back"))) {
            return ArchiveFile.restore(input, back, ModelSource.NONE, ReadOptions.DEFAULT.withKeepGoing(true));
        }
    }

    /** A full disk ends the restoring of a folder; a name that this disk does not take, or a word in it, does not. */
    @Test
    void whatConcernsAllFilesIsTold() {
        for (String reason : new String[] {"No space left on device", "Disk quota exceeded", "Input/output error",
            "Too many open files"}) {
            assertThat(FileException.of("a", new FileSystemException("a", null, reason)).concernsAll()).isTrue();
        }
        assertThat(FileException.of("a", new IOException("interrupted")).concernsAll()).isTrue();
        assertThat(FileException.of("a", new FileSystemException("a", null, "File name too long")).concernsAll())
                .isFalse();
        assertThat(FileException.of("quota", new AccessDeniedException("quota")).concernsAll()).isFalse();
    }
}
