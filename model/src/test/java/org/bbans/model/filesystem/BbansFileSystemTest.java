package org.bbans.model.filesystem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.ProviderNotFoundException;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.collection.StoredContent;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.model.CollectionCompressor;
import org.bbans.model.CollectionCompressor.Stored;
import org.bbans.model.CompressionOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a program sees that knows {@code java.nio.file} alone. */
class BbansFileSystemTest {

    private static final Path TESTDATA = Path.of(System.getProperty("bbans.testdata"));
    private static final Path GOLDEN = TESTDATA.resolve("collections/folder.bba");
    private static final int HEADER = 16;
    private static final int RECORD = 28 * 28;

    @TempDir
    private Path dir;

    /** A folder with digits, text twice, an empty file, something deep and links of all kinds. */
    private Path folder() throws IOException {
        final Path folder = Files.createDirectories(dir.resolve("stuff"));
        final byte[] digits = Arrays.copyOf(Files.readAllBytes(TESTDATA.resolve("mnist/t10k-images-idx3-ubyte")),
                HEADER + 60 * RECORD);
        ByteBuffer.wrap(digits).putInt(4, 60);
        Files.write(folder.resolve("digits.idx"), digits);
        Files.createDirectories(folder.resolve("a/b c/d!e"));
        Files.copy(TESTDATA.resolve("README.md"), folder.resolve("a/b c/d!e/100%?.md"));
        Files.copy(TESTDATA.resolve("README.md"), folder.resolve("a/copy"));
        Files.createFile(folder.resolve("a/empty"));
        Files.createFile(folder.resolve("a/.hidden"));
        Files.createDirectory(folder.resolve("none"));
        for (int i = 0; i < 5; i++) {
            Files.write(folder.resolve("a/text" + i), ("text " + i).repeat(50 * i).getBytes(StandardCharsets.UTF_8));
        }
        Files.createSymbolicLink(folder.resolve("a/digits"), Path.of("../digits.idx"));
        Files.createSymbolicLink(folder.resolve("b"), Path.of("a/b c"));
        Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
        Files.createSymbolicLink(folder.resolve("out"), Path.of("../../../../etc/passwd"));
        Files.createSymbolicLink(folder.resolve("root"), Path.of("/"));
        Files.setPosixFilePermissions(folder.resolve("a/copy"), PosixFilePermissions.fromString("r-x--x---"));
        Files.setLastModifiedTime(folder.resolve("a/copy"), FileTime.from(Instant.ofEpochSecond(-3, 123_456_789)));
        return folder;
    }

    /** JUnit warns of links that lead out of the folder that it removes. */
    @AfterEach
    void removeLinks() throws IOException {
        Files.deleteIfExists(dir.resolve("stuff/out"));
        Files.deleteIfExists(dir.resolve("stuff/root"));
    }

    private Path archive(Path folder, CompressionOptions options) throws IOException {
        final List<Stored> sources = new ArrayList<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.toList()) {
                final BasicFileAttributes a =
                        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                final Instant time = a.lastModifiedTime().toInstant();
                sources.add(new Stored(new CollectionEntry(
                        folder.getParent().relativize(path).toString().getBytes(StandardCharsets.UTF_8),
                        a.isDirectory() ? EntryType.FOLDER : a.isSymbolicLink() ? EntryType.LINK : EntryType.FILE,
                        (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777,
                        time.getEpochSecond(), time.getNano(),
                        a.isSymbolicLink() ? Files.readSymbolicLink(path).toString().getBytes(StandardCharsets.UTF_8)
                                : new byte[0],
                        a.isRegularFile() ? new StoredContent.Segments(List.of()) : null), path));
            }
        }
        final Path archive = dir.resolve("stuff!.bba");
        try (OutputStream out = Files.newOutputStream(archive)) {
            new CollectionCompressor(options).compress(sources, out);
        }
        return archive;
    }

    /** Everything below a folder with what the archive keeps of it. */
    private static Map<String, String> described(Path folder, String modes) throws Exception {
        final Map<String, String> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.toList()) {
                final BasicFileAttributes a =
                        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                final String mode = a.isSymbolicLink() ? ""
                        : PosixFilePermissions.toString(
                                permissions(path, modes));
                found.put(folder.relativize(path).toString(), mode + " " + a.lastModifiedTime().toInstant() + " "
                        + (a.isDirectory() ? "folder" : a.isSymbolicLink() ? "-> " + Files.readSymbolicLink(path)
                                : a.size() + " " + sha256(Files.readAllBytes(path))));
            }
        }
        return found;
    }

    @SuppressWarnings("unchecked")
    private static Set<PosixFilePermission> permissions(Path path, String attribute) throws IOException {
        return (Set<PosixFilePermission>) Files.getAttribute(path, attribute, LinkOption.NOFOLLOW_LINKS);
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @Test
    void theGoldenCollectionIsRead() throws Exception {
        final List<String> lines = new ArrayList<>();
        try (FileSystem system = FileSystems.newFileSystem(GOLDEN); Stream<Path> all =
                Files.walk(system.getPath("folder"))) {
            for (Path path : all.filter(p -> Files.isRegularFile(p, LinkOption.NOFOLLOW_LINKS)).toList()) {
                lines.add(sha256(Files.readAllBytes(path)) + " " + path);
            }
            assertThat(system.getPath("folder/empty")).isDirectory();
            assertThat(Files.readSymbolicLink(system.getPath("folder/link"))).hasToString("../a");
        }
        assertThat(lines).isEqualTo(Files.readAllLines(GOLDEN.resolveSibling("folder.SHA256"), StandardCharsets.UTF_8));
    }

    @Test
    void aFolderLooksAsItDid() throws Exception {
        final Path folder = folder();
        final Path archive = archive(folder, CompressionOptions.standard());
        final Map<String, String> expected = described(folder, "posix:permissions");
        try (FileSystem system = FileSystems.newFileSystem(archive)) {
            assertThat(described(system.getPath("/stuff"), "bbans:permissions")).isEqualTo(expected);
            assertThat(Files.getAttribute(system.getPath("stuff/a/copy"), "bbans:mode")).isEqualTo(0510);

            final Path copy = Files.createDirectory(dir.resolve("copy"));
            try (Stream<Path> all = Files.walk(system.getPath("/stuff/a"), FileVisitOption.FOLLOW_LINKS)) {
                for (Path path : all.toList()) {
                    Files.copy(path, copy.resolve(system.getPath("/stuff").relativize(path).toString()),
                            StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
            assertThat(copy.resolve("a/b c/d!e/100%?.md")).hasSameBinaryContentAs(TESTDATA.resolve("README.md"));
            assertThat(copy.resolve("a/digits")).hasSameBinaryContentAs(folder.resolve("digits.idx"));
            assertThat(Files.getLastModifiedTime(copy.resolve("a/copy")))
                    .isEqualTo(Files.getLastModifiedTime(folder.resolve("a/copy")));
        }
    }

    @Test
    void linksAreFollowedWithinTheArchive() throws Exception {
        try (FileSystem system = FileSystems.newFileSystem(archive(folder(), CompressionOptions.plain()))) {
            final Path stuff = system.getPath("stuff");
            assertThat(Files.readAllBytes(stuff.resolve("b/d!e/100%?.md")))
                    .isEqualTo(Files.readAllBytes(TESTDATA.resolve("README.md")));
            assertThat(stuff.resolve("b/../../none/../a/digits").toRealPath()).hasToString("/stuff/digits.idx");
            assertThat(stuff.resolve("b/../copy").toRealPath(LinkOption.NOFOLLOW_LINKS)).hasToString("/stuff/a/copy");
            assertThat(Files.isSameFile(stuff.resolve("b/d!e"), system.getPath("/stuff/a/b c/d!e"))).isTrue();
            assertThat(Files.isSameFile(stuff.resolve("a"), stuff.resolve("none"))).isFalse();
            assertThatThrownBy(() -> Files.size(stuff.resolve("loop"))).isInstanceOf(FileSystemLoopException.class);
            for (String out : List.of("out", "root", "root/stuff", "digits.idx/..", "nothing", "digits.idx/.",
                    "a/digits/.")) {
                assertThatThrownBy(() -> Files.size(stuff.resolve(out))).as(out)
                        .isInstanceOf(NoSuchFileException.class);
            }
            assertThatThrownBy(() -> Files.readSymbolicLink(stuff)).isInstanceOf(NotLinkException.class);
            assertThat(Files.exists(stuff.resolve("out"), LinkOption.NOFOLLOW_LINKS)).isTrue();
        }
    }

    @Test
    void anyPlaceOfAFileIsRead() throws Exception {
        final long seed = System.nanoTime();
        System.out.println("BbansFileSystemTest seed " + seed);
        final Random random = new Random(seed);
        final Path folder = folder();
        final byte[] digits = Files.readAllBytes(folder.resolve("digits.idx"));
        try (FileSystem system = FileSystems.newFileSystem(archive(folder, CompressionOptions.plain()));
                SeekableByteChannel channel = Files.newByteChannel(system.getPath("stuff/digits.idx"))) {
            assertThat(channel.size()).isEqualTo(digits.length);
            for (int i = 0; i < 200; i++) {
                final int from = random.nextInt(digits.length + 10);
                final ByteBuffer part = ByteBuffer.allocate(1 + random.nextInt(3000));
                final int n = channel.position(from).read(part);
                final int expected = Math.min(part.capacity(), digits.length - from);
                assertThat(n).isEqualTo(expected <= 0 ? -1 : expected);
                assertThat(Arrays.copyOf(part.array(), part.position()))
                        .isEqualTo(n < 0 ? new byte[0] : Arrays.copyOfRange(digits, from, from + n));
            }
        }
    }

    @Test
    void threadsReadAtATime() throws Exception {
        final Path folder = folder();
        final Map<String, String> expected = described(folder, "posix:permissions");
        final ExecutorService threads = Executors.newFixedThreadPool(8);
        try (FileSystem system = FileSystems.newFileSystem(archive(folder, CompressionOptions.plain()))) {
            final List<Future<Map<String, String>>> all = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                all.add(threads.submit(() -> described(system.getPath("/stuff"), "bbans:permissions")));
            }
            for (Future<Map<String, String>> one : all) {
                assertThat(one.get()).isEqualTo(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void urisLeadToFiles() throws Exception {
        final Path archive = archive(folder(), CompressionOptions.plain());
        final URI uri = URI.create("bbans:" + archive.toUri().toString().replace("!", "%21"));
        final Path file;
        try (FileSystem system = FileSystems.newFileSystem(uri, Map.of())) {
            file = system.getPath("/stuff/b/d!e/100%?.md");
            assertThat(file.toUri().toString()).startsWith("bbans:file:///").endsWith("!/stuff/b/d%21e/100%25%3F.md");
            assertThat(Path.of(file.toUri())).isEqualTo(file);
            assertThat(Files.size(Path.of(file.toUri()))).isEqualTo(Files.size(TESTDATA.resolve("README.md")));
            assertThat(FileSystems.getFileSystem(uri)).isSameAs(system);
            assertThatThrownBy(() -> FileSystems.newFileSystem(uri, Map.of()))
                    .isInstanceOf(FileSystemAlreadyExistsException.class);
        }
        assertThatThrownBy(() -> Path.of(file.toUri())).isInstanceOf(FileSystemNotFoundException.class);
        assertThatThrownBy(() -> Files.size(file)).isInstanceOf(ClosedFileSystemException.class);
        try (FileSystem again = FileSystems.newFileSystem(uri, Map.of())) {
            assertThat(again.isOpen()).isTrue();
        }
    }

    @Test
    void contentsWithoutNamesAreNoFiles() {
        final Path segments = TESTDATA.resolve("collections/segments.bba");
        for (URI uri : List.of(segments.toUri(), URI.create("bbans:" + segments.toUri()))) {
            assertThatThrownBy(() -> {
                try (FileSystem system = uri.getScheme().equals("file") ? FileSystems.newFileSystem(segments)
                        : FileSystems.newFileSystem(uri, Map.of())) {
                    system.getRootDirectories();
                }
            }).isInstanceOf(FileSystemException.class).hasMessageContaining("holds no files by name");
        }
    }

    @Test
    void nothingIsWritten() throws Exception {
        try (FileSystem system = FileSystems.newFileSystem(GOLDEN)) {
            final Path zero = system.getPath("folder/zero");
            final Path none = system.getPath("folder/none");
            assertThat(system.isReadOnly()).isTrue();
            assertThat(Files.getFileStore(zero).isReadOnly()).isTrue();
            assertThat(Files.isWritable(zero)).isFalse();
            assertThat(Files.isReadable(zero)).isTrue();
            assertThatThrownBy(() -> Files.delete(zero)).isInstanceOf(ReadOnlyFileSystemException.class);
            assertThatThrownBy(() -> Files.writeString(none, "a")).isInstanceOf(ReadOnlyFileSystemException.class);
            assertThatThrownBy(() -> Files.newByteChannel(zero, StandardOpenOption.APPEND))
                    .isInstanceOf(ReadOnlyFileSystemException.class);
            assertThatThrownBy(() -> Files.createDirectory(none)).isInstanceOf(ReadOnlyFileSystemException.class);
            assertThatThrownBy(() -> Files.move(zero, none)).isInstanceOf(ReadOnlyFileSystemException.class);
            assertThatThrownBy(() -> Files.copy(zero, none)).isInstanceOf(ReadOnlyFileSystemException.class);
            assertThatThrownBy(() -> Files.setLastModifiedTime(zero, FileTime.fromMillis(0)))
                    .isInstanceOf(ReadOnlyFileSystemException.class);
            assertThatThrownBy(() -> zero.getFileSystem().provider().checkAccess(zero,
                    AccessMode.WRITE)).isInstanceOf(AccessDeniedException.class);
        }
    }

    /** Nobody writes into the pipe, so that what waits for a first byte waits for ever. */
    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void nothingIsAwaitedOfAPipe() throws Exception {
        final Path pipe = dir.resolve("pipe.bba");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        assertThatThrownBy(() -> FileSystems.newFileSystem(pipe)).isInstanceOf(ProviderNotFoundException.class);
        assertThatThrownBy(() -> FileSystems.newFileSystem(URI.create("bbans:" + pipe.toUri()), Map.of()))
                .isInstanceOf(FileSystemException.class).hasMessageContaining("is no file");
    }

    @Test
    void whatIsNoFileSaysSo() throws Exception {
        final Path archive = TESTDATA.resolve("golden/gzip.bba");
        assertThatThrownBy(() -> FileSystems.newFileSystem(archive)).isInstanceOf(FileSystemException.class)
                .hasMessageContaining("holds no files by name");
        assertThatThrownBy(() -> FileSystems.newFileSystem(dir)).isInstanceOf(ProviderNotFoundException.class);
        try (FileSystem system = FileSystems.newFileSystem(GOLDEN)) {
            assertThatThrownBy(() -> Files.readAllBytes(system.getPath("folder")))
                    .isInstanceOf(FileSystemException.class).hasMessageContaining("is a folder");
            assertThatThrownBy(() -> Files.newDirectoryStream(system.getPath("folder/zero")))
                    .isInstanceOf(NotDirectoryException.class);
            assertThatThrownBy(() -> Files.getAttribute(system.getPath("folder"), "posix:owner"))
                    .isInstanceOf(UnsupportedOperationException.class);
            try (DirectoryStream<Path> ppm = Files.newDirectoryStream(system.getPath("folder"), "*.ppm")) {
                assertThat(ppm).extracting(Path::toString).containsExactly("folder/p0.ppm", "folder/p1.ppm");
            }
        }
        final Map<String, ModelSource> noModels = Map.of("models", ModelSource.NONE);
        try (FileSystem system = FileSystems.newFileSystem(GOLDEN, noModels)) {
            assertThat(Files.readAllBytes(system.getPath("folder/copy.txt"))).isNotEmpty();
            assertThatThrownBy(() -> Files.readAllBytes(system.getPath("folder/p0.ppm")))
                    .isInstanceOf(UnsupportedArchiveException.class);
        }
    }

    /** With any one byte damaged, whatever is given is right. */
    @Test
    void damageIsFoundAndStaysWhereItIs() throws Exception {
        final long seed = System.nanoTime();
        System.out.println("BbansFileSystemTest seed " + seed);
        final Random random = new Random(seed);
        final byte[] archive = Files.readAllBytes(GOLDEN);
        final Map<String, String> expected = new TreeMap<>();
        for (String line : Files.readAllLines(GOLDEN.resolveSibling("folder.SHA256"), StandardCharsets.UTF_8)) {
            expected.put(line.substring(65), line.substring(0, 64));
        }
        int saved = 0;
        for (int i = 0; i < 15; i++) {
            final byte[] damaged = archive.clone();
            damaged[random.nextInt(archive.length)] ^= (byte) (1 << random.nextInt(8));
            final Path file = Files.write(dir.resolve("damaged" + i), damaged);
            try (FileSystem system = FileSystems.newFileSystem(file, Map.of())) {
                for (String name : expected.keySet()) {
                    try {
                        assertThat(sha256(Files.readAllBytes(system.getPath(name)))).isEqualTo(expected.get(name));
                        saved++;
                    } catch (CorruptArchiveException | UnsupportedArchiveException e) {
                        // As it should be.
                    }
                }
            } catch (CorruptArchiveException | UnsupportedArchiveException | ProviderNotFoundException e) {
                // A directory or the end.
            }
        }
        assertThat(saved).isPositive();
    }

    @Test
    void whatIsReadAfterClosingOrAChangeFails() throws Exception {
        final Path archive = Files.copy(GOLDEN, dir.resolve("a.bba"));
        final FileSystem system = FileSystems.newFileSystem(archive);
        final SeekableByteChannel channel = Files.newByteChannel(system.getPath("folder/copy.txt"));
        system.close();
        system.close();
        assertThat(channel.isOpen()).isFalse();
        assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);

        try (FileSystem changed = FileSystems.newFileSystem(archive)) {
            Files.copy(archive(folder(), CompressionOptions.plain()), archive, StandardCopyOption.REPLACE_EXISTING);
            assertThatThrownBy(() -> Files.readAllBytes(changed.getPath("folder/copy.txt")))
                    .isInstanceOf(IOException.class).hasMessageContaining("has changed");
        }
    }

    /** What programs do that know the default file system, from which nothing is expected that it does not do. */
    @Test
    void customsAreThoseOfTheDefaultFileSystem() throws Exception {
        final Path folder = folder();
        final FileSystem system = FileSystems.newFileSystem(archive(folder, CompressionOptions.plain()));
        final Path stuff = system.getPath("/stuff");
        for (Path root : List.of(folder, stuff)) {
            final Path link = root.resolve("a/digits");
            assertThatThrownBy(() -> Files.newByteChannel(link, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> Files.newInputStream(link, LinkOption.NOFOLLOW_LINKS))
                    .isInstanceOf(IOException.class);
            assertThat(Files.exists(root.resolve("digits.idx/."))).isFalse();
            assertThat(root.resolve("a/.").toRealPath()).isEqualTo(root.resolve("a").toRealPath());
            assertThat(root.getFileSystem().getPath("/../..").toRealPath()).hasToString("/");
            assertThat(Files.createDirectories(root.resolve("a/b c"))).isDirectory();
            assertThatThrownBy(() -> Files.createDirectory(root.resolve("loop")))
                    .isInstanceOf(FileAlreadyExistsException.class);
            assertThatThrownBy(() -> Files.readAttributes(root, "*,unknown"))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(Files.readAttributes(root, "*,size")).containsKey("isOther");
        }
        assertThat(system.getPath("../stuff/../..").toRealPath()).hasToString("/");
        assertThatThrownBy(() -> stuff.compareTo(folder)).isInstanceOf(ClassCastException.class);
        try (DirectoryStream<Path> all = Files.newDirectoryStream(stuff)) {
            final Iterator<Path> paths = all.iterator();
            paths.next();
            system.close();
            assertThat(paths.hasNext()).isFalse();
        }
    }

    @Test
    void whatIsOpenIsFoundWhenItsNameIsGone() throws Exception {
        final Path archive = Files.copy(GOLDEN, Files.createDirectories(dir.resolve("in")).resolve("a.bba"));
        final Path linked = Files.createSymbolicLink(dir.resolve("link"), Path.of("in")).resolve("a.bba");
        final URI uri = URI.create("bbans:" + linked.toUri());
        try (FileSystem system = FileSystems.newFileSystem(uri, Map.of())) {
            final Path zero = system.getPath("/folder/zero");
            Files.delete(archive);
            assertThat(Path.of(zero.toUri())).isEqualTo(zero);
            assertThat(FileSystems.getFileSystem(uri)).isSameAs(system);
            Files.delete(dir.resolve("in"));
            assertThat(Path.of(zero.toUri())).isEqualTo(zero);
        }
        assertThatThrownBy(() -> FileSystems.getFileSystem(uri)).isInstanceOf(FileSystemNotFoundException.class);
    }

    /** As paths of this system where it is of the Unix kind. */
    @Test
    void pathsAreThoseOfUnix() throws Exception {
        final long seed = System.nanoTime();
        System.out.println("BbansFileSystemTest seed " + seed);
        final Random random = new Random(seed);
        try (FileSystem system = FileSystems.newFileSystem(GOLDEN)) {
            for (int i = 0; i < 20_000; i++) {
                final String a = path(random);
                final String b = path(random);
                final Path p = system.getPath(a);
                final Path q = system.getPath(b);
                final Path u = Path.of(a);
                final Path v = Path.of(b);
                assertThat(all(p, q)).as(a + " and " + b).isEqualTo(all(u, v));
                assertThat(p.equals(q)).isEqualTo(u.equals(v));
                assertThat(p.hashCode() == q.hashCode() || !p.equals(q)).isTrue();
            }
        }
    }

    private static String path(Random random) {
        final String[] parts = {"a", "b", "..", ".", "/", "//", "ab/", "/", "a"};
        final StringBuilder path = new StringBuilder();
        for (int n = random.nextInt(6); n > 0; n--) {
            path.append(parts[random.nextInt(parts.length)]);
        }
        return path.toString();
    }

    private static List<String> all(Path p, Path q) {
        final List<String> results = new ArrayList<>(List.of(p.toString(), p.resolve(q).toString(),
                p.resolveSibling(q).toString(), p.normalize().toString(), String.valueOf(p.getParent()),
                String.valueOf(p.getFileName()), String.valueOf(p.getRoot()), "" + p.getNameCount(),
                "" + p.startsWith(q), "" + p.endsWith(q), "" + p.isAbsolute(),
                "" + Integer.signum(p.compareTo(q))));
        p.forEach(name -> results.add(name.toString()));
        // What way there is from a path with dots is told differently by different versions of Java.
        if (p.normalize().equals(p) && q.normalize().equals(q) && !(p + "/").contains("../")) {
            try {
                results.add(p.relativize(q).toString());
            } catch (IllegalArgumentException e) {
                results.add("no way");
            }
        }
        return results;
    }

    @Test
    void patternsAreThoseOfThisSystem() throws Exception {
        final long seed = System.nanoTime();
        System.out.println("BbansFileSystemTest seed " + seed);
        final Random random = new Random(seed);
        final String[] parts =
                {"a", "b", "*", "**", "?", "/", "[ab]", "[!a]", "[a-c]", "[-a]", "{a,b*}", "\\*", ".", "(", "{a,", "$",
                    "}"};
        int matched = 0;
        try (FileSystem system = FileSystems.newFileSystem(GOLDEN)) {
            for (int i = 0; i < 20_000; i++) {
                final StringBuilder glob = new StringBuilder();
                for (int n = 1 + random.nextInt(4); n > 0; n--) {
                    glob.append(parts[random.nextInt(parts.length)]);
                }
                final StringBuilder text = new StringBuilder();
                for (int n = 1 + random.nextInt(4); n > 0; n--) {
                    text.append("aabbc/.*(-^".charAt(random.nextInt(11)));
                }
                final Boolean expected = matches(FileSystems.getDefault(), glob.toString(), text.toString());
                assertThat(matches(system, glob.toString(), text.toString())).as(glob + " on " + text)
                        .isEqualTo(expected);
                matched += Boolean.TRUE.equals(expected) ? 1 : 0;
            }
        }
        assertThat(matched).isGreaterThan(500);
    }

    @Test
    void patternsHaveCharactersOfAnyLength() throws Exception {
        final String smile = "\uD83D\uDE00";
        try (FileSystem system = FileSystems.newFileSystem(GOLDEN)) {
            for (String glob : List.of("[" + smile + "]*", "[!a]?txt", "?.txt", smile + "*", "\\" + smile + ".txt",
                    "{" + smile + ",b}.txt", "[a-" + smile + "].txt", "[[-" + smile + "].txt", "[" + smile + "-]*")) {
                assertThat(matches(FileSystems.getDefault(), glob, smile + ".txt")).as("default: " + glob)
                        .isNotEqualTo(false);
                assertThat(matches(system, glob, smile + ".txt")).as(glob).isTrue();
                assertThat(matches(system, glob, "\uD83D\uDE01.png")).as(glob).isFalse();
            }
        }
    }

    private static Boolean matches(FileSystem system, String glob, String text) {
        try {
            return system.getPathMatcher("glob:" + glob).matches(system.getPath(text));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
