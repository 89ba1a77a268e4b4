package org.bbans.cli.train;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.bbans.cli.io.FileException;
import org.bbans.cli.io.FileNames;
import org.bbans.cli.io.FolderWalk;
import org.bbans.cli.io.InputFile;
import org.bbans.cli.io.Messages;
import org.bbans.cli.io.OutputFile;
import org.bbans.codec.content.Records;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.content.Wrappings.FileKind;
import org.bbans.codec.format.Layout;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.bbans.model.FoundRecords;
import org.bbans.model.image.ImageCodec;
import org.bbans.model.train.image.ImageSource;

/** What is trained on: the records of files, of all files in folders, and of what is packed in these. */
public final class TrainingInputs implements AutoCloseable {

    private final List<String> names;
    private final Spool plain = new Spool();
    private final Spool standardInput = new Spool();
    private final List<FoundRecords> found;
    private final Messages messages;

    /**
     * Records that lie behind each other.
     *
     * @param bytes of them all
     * @param records what they are
     */
    public record Gathered(byte[] bytes, Records records) {}

    /**
     * Looks for records.
     *
     * @param names files, folders, or {@link OutputFile#STANDARD}
     * @param described what lies in each file, if the user says so
     * @param threads at work
     * @param messages is told what is left out
     * @throws FileException if a file cannot be read
     */
    public TrainingInputs(List<String> names, Optional<Records> described, int threads, Messages messages)
            throws FileException {
        this.names = names;
        this.messages = messages;
        try {
            List<ContentView> files = new ArrayList<>();
            for (String name : names) {
                files.addAll(files(name));
            }
            if (described.isPresent()) {
                found = new ArrayList<>();
                for (ContentView file : files) {
                    found.add(cut(file, described.get()));
                }
            } else {
                found = FoundRecords.in(files, threads, plain);
            }
            if (found.isEmpty()) {
                throw new FileException(name(), "no records found" + (isGzip(files) ? "; a gzip file is damaged, or "
                        + "holds something else" : "") + "; describe them with --record-shape");
            }
        } catch (IOException e) {
            close();
            throw FileException.of(name(), e);
        }
    }

    private List<ContentView> files(String name) throws IOException {
        if (name.equals(OutputFile.STANDARD)) {
            try (InputFile input = InputFile.open(name); InputStream in = input.stream()) {
                in.transferTo(standardInput);
            }
            return List.of(ContentView.of(standardInput));
        }
        Path path = FileNames.path(name);
        List<Path> paths;
        try (Stream<Path> all = Files.walk(path)) {
            paths = all.filter(Files::isRegularFile).sorted().toList();
        } catch (UncheckedIOException e) {
            // Of something in the folder, which the failure names.
            throw e.getCause() instanceof FileSystemException inside ? FileException.of(inside.getFile(), inside)
                    : FileException.of(name, e.getCause());
        } catch (IOException e) {
            throw FileException.of(name, e);
        }
        if (paths.isEmpty()) {
            throw new FileException(name, "holds no files");
        }
        List<ContentView> files = new ArrayList<>();
        for (Path file : paths) {
            files.add(ContentView.of(file));
        }
        return files;
    }

    private static boolean isGzip(List<ContentView> files) throws IOException {
        for (ContentView file : files) {
            byte[] head = file.start(1 << 10);
            if (Wrappings.kind(head, head.length).equals(Optional.of(FileKind.GZIP))) {
                return true;
            }
        }
        return false;
    }

    /** The records that a file, gzipped or not, has as the user says. */
    private FoundRecords cut(ContentView file, Records records) throws IOException {
        byte[] content;
        try (InputStream in = file.open()) {
            content = in.readAllBytes();
        }
        if (isGzip(List.of(file))) {
            try (InputStream gzip = new GZIPInputStream(new ByteArrayInputStream(content))) {
                content = gzip.readAllBytes();
            } catch (IOException e) {
                throw new FileException(name(), "is a damaged gzip file; get a complete copy");
            }
        }
        long bytes = content.length < records.leading() ? 0 : records.bytes(content.length);
        if (bytes == 0) {
            throw new FileException(name(), "no records found; it is shorter than --record-shape says");
        }
        ContentView part = ContentView.of(content).slice(records.leading(), bytes);
        Records bare = records.behind(0);
        return new FoundRecords(part, bare.counted(bare.layout().orElseThrow().records(bytes)));
    }

    /** The names, for messages. */
    public String name() {
        return String.join(", ", names);
    }

    /** The names without directories, for training records. */
    public String label() {
        return names.stream().map(name -> {
            try {
                return name.equals(OutputFile.STANDARD) ? name : FolderWalk.lastName(FileNames.path(name));
            } catch (IOException e) {
                return name;
            }
        }).collect(Collectors.joining(", "));
    }

    /** All images of the inputs, whatever their shapes. */
    public List<ImageSource> images() throws FileException {
        List<ImageSource> images = new ArrayList<>();
        int others = 0;
        for (FoundRecords part : found) {
            Optional<Layout> layout = part.records().images().filter(ImageCodec::codes);
            layout.ifPresent(l -> images.add(new ImageSource(part.content(), l)));
            others += layout.isPresent() ? 0 : 1;
        }
        if (images.isEmpty()) {
            throw new FileException(name(), "no images of 256 levels or more found");
        }
        if (others > 0) {
            messages.note(name() + ": " + others + (others == 1 ? " array is" : " arrays are")
                    + " no images of 256 levels or more; left out");
        }
        return images;
    }

    /**
     * The records of one kind: of that which has the most bytes.
     *
     * @param suits what records must be like
     * @return empty if none are
     */
    public Optional<Gathered> records(Predicate<Records> suits) throws FileException {
        Map<Records, List<FoundRecords>> kinds = new LinkedHashMap<>();
        for (FoundRecords part : found) {
            kinds.computeIfAbsent(part.records().gathered(), kind -> new ArrayList<>()).add(part);
        }
        Optional<List<FoundRecords>> most = kinds.values().stream()
                .filter(parts -> suits.test(all(parts)))
                .max(Comparator.comparingLong(TrainingInputs::bytes));
        if (most.isEmpty()) {
            return Optional.empty();
        }
        if (kinds.size() > 1) {
            messages.note(name() + ": trained on " + all(most.get()) + "; records of other kinds are left out");
        }
        if (bytes(most.get()) > Integer.MAX_VALUE - (1 << 16)) {
            throw new FileException(name(), "records of more than 2 GiB do not fit into a training; take a part");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) bytes(most.get()));
        for (FoundRecords part : most.get()) {
            try (InputStream in = part.content().open()) {
                in.transferTo(bytes);
            } catch (IOException e) {
                throw FileException.of(name(), e);
            }
        }
        return Optional.of(new Gathered(bytes.toByteArray(), all(most.get())));
    }

    private static Records all(List<FoundRecords> parts) {
        return parts.get(0).records().counted(parts.stream().mapToLong(part -> part.records().count()).sum());
    }

    private static long bytes(List<FoundRecords> parts) {
        return parts.stream().mapToLong(part -> part.content().size()).sum();
    }

    @Override
    public void close() {
        try {
            plain.close();
            standardInput.close();
        } catch (IOException e) {
            messages.detail("a temporary file could not be closed: " + e.getMessage());
        }
    }
}
