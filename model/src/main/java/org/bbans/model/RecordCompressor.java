package org.bbans.model;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.bbans.codec.archive.ArchiveListener;
import org.bbans.codec.archive.ArchiveOptions;
import org.bbans.codec.archive.ArchiveOutputStream;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.content.Records;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.content.anatomy.Anatomies;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.bbans.codec.set.Draws;
import org.bbans.model.image.ImageCodec;

/**
 * Compresses whole files as {@code bbans compress} does: looks into gzip, PNG and TIFF files, finds the records,
 * chooses the model and writes the archive.
 *
 * <pre>{@code
 * RecordCompressor compressor = new RecordCompressor(CompressionOptions.standard());
 * try (OutputStream out = Files.newOutputStream(Path.of("digits.idx.bba"))) {
 *     compressor.compress(Path.of("digits.idx"), out);
 * }
 * }</pre>
 *
 * <p>May be used for many files, and by several threads at a time, if the options' listener can stand that.
 */
public final class RecordCompressor {

    /** What is looked at to find records and to try models on. */
    private static final int HEAD_BYTES = 1 << 22;

    /** Files up to this size are coded in both ways; larger ones as they are only if their content takes more. */
    private static final int SMALL_FILE = 1 << 16;

    private final CompressionOptions options;

    /** A compressor with these options. */
    public RecordCompressor(CompressionOptions options) {
        this.options = options;
    }

    /** How it works. */
    public CompressionOptions options() {
        return options;
    }

    /** A compressor with changed options. */
    public RecordCompressor with(UnaryOperator<CompressionOptions> change) {
        return new RecordCompressor(change.apply(options));
    }

    /**
     * Compresses a file. A gzip, PNG or packed TIFF file is coded by what it holds, if it can be made again from that
     * byte for byte and the archive is then smaller.
     *
     * @param file a regular file, which must not change meanwhile
     * @param out receives the archive; need not be buffered; flushed and left open
     * @throws UnsuitableModelException if the options require a model and none fits
     * @throws OrderedContentException if the order of records is to be left out of a content that has none
     * @throws org.bbans.codec.format.TemporaryFileException if a temporary file cannot be written
     * @throws IOException if the file cannot be read or {@code out} fails; what {@code out} has got then is no archive
     */
    public Compression compress(Path file, OutputStream out) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return compress(ContentView.of(channel), out);
        }
    }

    /**
     * Compresses bytes as it does a file.
     *
     * @param file the bytes, which must not change meanwhile
     * @param out receives the archive; need not be buffered; flushed and left open
     * @throws UnsuitableModelException if the options require a model and none fits
     * @throws org.bbans.codec.format.TemporaryFileException if a temporary file cannot be written
     * @throws IOException if {@code file} or {@code out} fails; what {@code out} has got then is no archive
     */
    public Compression compress(ContentView file, OutputStream out) throws IOException {
        byte[] head = file.start(HEAD_BYTES);
        // Whoever describes an array's records means the file's bytes, not ranks.
        Optional<Wrappings.FileKind> kind = Wrappings.kind(head, head.length)
                .filter(k -> k.isKnownAsPacked() || options.records().isEmpty())
                .filter(k -> k != Wrappings.FileKind.TIFF || !options.unordered());
        if (kind.isPresent() && options.unordered()) {
            throw new OrderedContentException("is a " + kind.get().label() + " file, whose content comes back in "
                    + "its order"
                    + (kind.get() == Wrappings.FileKind.GZIP ? "; 'gunzip' it first to leave that out" : ""));
        }
        return kind.isPresent() ? compressInside(kind.get(), head, file, out) : compressPlain(head, file, out);
    }

    /** Compresses a file that is not taken apart. */
    private Compression compressPlain(byte[] head, ContentView file, OutputStream out) throws IOException {
        SegmentCompressor segments = new SegmentCompressor(this);
        return segments.applies(head, file) ? segments.compress(new FoundPart(file, 0, false), null, out)
                : compressWhole(file, out);
    }

    /** Compresses bytes as they are, as one content with a single layout. */
    Compression compressWhole(ContentView file, OutputStream out) throws IOException {
        try (InputStream in = file.open()) {
            return compress(in.readNBytes(HEAD_BYTES), in, file.size(), file, null, out);
        }
    }

    /**
     * Compresses what comes through a pipe as it does a file, although it is read only once: a part of it is kept in a
     * temporary file if it does not begin as records do. In tar archives that are larger than such a part, images are
     * found all the same.
     *
     * @param in the bytes; left open
     * @param out receives the archive; need not be buffered; flushed and left open
     * @throws UnsuitableModelException if the options require a model and none fits
     * @throws org.bbans.codec.format.TemporaryFileException if a temporary file cannot be written
     * @throws IOException if {@code in} or {@code out} fails; what {@code out} has got then is no archive
     */
    public Compression compressPipe(InputStream in, OutputStream out) throws IOException {
        byte[] head = in.readNBytes(HEAD_BYTES);
        if (options.records().isPresent() || options.unordered()
                || LayoutDetector.detect(head, head.length, LayoutDetector.UNKNOWN_SIZE).isPresent()) {
            return compress(head, in, LayoutDetector.UNKNOWN_SIZE, null, null, out);
        }
        try (Spool start = new Spool(options.temporaryFolder())) {
            start.write(head);
            SegmentCompressor.fill(start, in);
            if (start.size() < SegmentCompressor.WINDOW) {
                return compress(ContentView.of(start), out);
            }
            SegmentCompressor segments = new SegmentCompressor(this);
            if (segments.applies(head, ContentView.of(start))) {
                return segments.compress(start, in, out);
            }
            try (InputStream kept = start.open()) {
                return compress(new SequenceInputStream(kept, in), LayoutDetector.UNKNOWN_SIZE, out);
            }
        }
    }

    /**
     * Compresses what a stream gives, as it is.
     *
     * @param in the content; left open
     * @param size its size, or {@link LayoutDetector#UNKNOWN_SIZE}
     * @param out receives the archive; need not be buffered; flushed and left open
     * @throws UnsuitableModelException if the options require a model and none fits
     * @throws IOException if {@code in} or {@code out} fails; what {@code out} has got then is no archive
     */
    public Compression compress(InputStream in, long size, OutputStream out) throws IOException {
        return compress(in.readNBytes(HEAD_BYTES), in, size, null, null, out);
    }

    private Compression compressInside(Wrappings.FileKind kind, byte[] head, ContentView file, OutputStream out)
            throws IOException {
        try (Spool content = new Spool(options.temporaryFolder());
                Spool archive = new Spool(options.temporaryFolder())) {
            Optional<Wrapping> wrapping = Wrappings.unwrap(kind, file, content);
            // Nobody expects numbers to be taken apart.
            if (wrapping.isPresent() || kind.isKnownAsPacked()) {
                options.listener().wrapped(kind, wrapping.isPresent());
            }
            if (wrapping.isEmpty()) {
                return compressPlain(head, file, out);
            }
            Compression inside = inside(file, content, wrapping.get(), archive);
            long fileBytes = file.size();
            // A model that has to be used sees records only inside.
            if (!options.models().required() && (fileBytes <= SMALL_FILE || inside.archiveBytes() >= fileBytes
                    || !kind.isKnownAsPacked() && inside.outcome() != Compression.Outcome.MODEL)) {
                try (Spool asItIs = new Spool(options.temporaryFolder()); InputStream in = file.open()) {
                    ArchiveOptions plain = archiveOptions(null, ArchiveListener.NONE);
                    long size = write(in, plain, asItIs).fileSize();
                    if (size < inside.archiveBytes()) {
                        transfer(asItIs, out);
                        return new Compression(fileBytes, fileBytes, size, inside.records(), Optional.empty(),
                                inside.outcome() == Compression.Outcome.MODEL ? Compression.Outcome.MODELS_LOSE
                                        : inside.outcome());
                    }
                }
            }
            transfer(archive, out);
            return new Compression(fileBytes, inside.contentBytes(), inside.archiveBytes(), inside.records(),
                    inside.model(), inside.outcome());
        }
    }

    private Compression inside(ContentView file, Spool content, Wrapping wrapping, Spool archive)
            throws IOException {
        ContentView view = ContentView.of(content);
        SegmentCompressor segments = new SegmentCompressor(this);
        if (segments.applies(view.start(HEAD_BYTES), view)) {
            FoundPart part = new FoundPart(file, 0, false);
            part.wrapping = wrapping;
            part.inside = new FoundPart(view, 1, false);
            return segments.compress(part, content, archive);
        }
        return compressWrapped(content, wrapping, archive);
    }

    /** Compresses what was in a file as one content with a single layout, and with what brings the file back. */
    Compression compressWrapped(Spool content, Wrapping wrapping, OutputStream out) throws IOException {
        try (InputStream in = content.open()) {
            return compress(in.readNBytes(HEAD_BYTES), in, content.size(), ContentView.of(content), wrapping, out);
        }
    }

    static void transfer(Spool spool, OutputStream out) throws IOException {
        try (InputStream in = spool.open()) {
            in.transferTo(out);
        }
        out.flush();
    }

    /** @param all the content; null if it can only be read once */
    private Compression compress(byte[] head, InputStream rest, long size, ContentView all, Wrapping wrapping,
            OutputStream out) throws IOException {
        long known = head.length < HEAD_BYTES ? head.length : size;
        Optional<Records> records = options.records().or(() -> LayoutDetector.detect(head, head.length, known));
        if (records.isEmpty() && (all != null || head.length < HEAD_BYTES)) {
            records = Anatomies.records(all != null ? all : ContentView.of(head));
        }
        options.listener().found(records, known);
        if (records.isEmpty()) {
            LayoutDetector.whyOpaque(head, head.length, known).ifPresent(options.listener()::noModel);
        }
        Layout asFound = records.flatMap(Records::layout).orElse(Layout.NONE);
        if (options.unordered() && asFound.isOpaque()) {
            throw new OrderedContentException("no records are found in it whose order could be left out; if there "
                    + "are, describe them with --record-shape");
        }
        double saved = options.unordered() ? Draws.saved(known < 0 ? asFound.records(head.length)
                : asFound.records(known)) / asFound.dims() : 0;
        boolean hasModel = false;
        Optional<ModelChooser.Trial> best = Optional.empty();
        Optional<ImageChooser.Trial> images = Optional.empty();
        if (records.isPresent()) {
            ModelChooser chooser = new ModelChooser(head, records.get(), options.effort().sampleRecords());
            List<ModelChooser.Fit> fits = chooser.fits(options.models().records());
            best = choose(chooser, fits);
            Optional<ImageChooser.Trial> trial = images(head, records.get());
            hasModel = !fits.isEmpty() || trial.isPresent();
            images = trial.filter(better(best, saved));
        }
        if (best.isEmpty() && images.isEmpty() && options.models().required()) {
            throw new UnsuitableModelException(options.models().describe());
        }
        ArchiveOptions plain = archiveOptions(wrapping, options.listener()).withRecords(layout(asFound), null);
        ArchiveOptions how = plain;
        Optional<String> model = Optional.empty();
        if (images.isPresent()) {
            how = withImages(plain, images.get().fit());
            model = Optional.of(images.get().fit().model().name());
        } else if (best.isPresent()) {
            how = withModel(plain, best.get().fit());
            model = Optional.of(best.get().fit().model().description().name());
        }
        if (options.unordered() && !how.layout().unordered()) {
            options.listener().keptOrder(model.orElseThrow());
        }
        InputStream content = new SequenceInputStream(new ByteArrayInputStream(head), rest);
        ArchiveOutputStream archive = !options.models().embedded() || model.isEmpty()
                ? write(sorted(content, how.layout()), how, out)
                : all != null ? writeSmaller(all, how, plain, model.get(), out)
                        : writeSmaller(content, how, plain, model.get(), out);
        long contentBytes = archive.blocks().stream().mapToLong(block -> block.rawSize()).sum();
        boolean modelled = usesModel(archive);
        Compression.Outcome outcome = modelled ? Compression.Outcome.MODEL
                : records.isEmpty() ? Compression.Outcome.NO_RECORDS
                        : !hasModel ? Compression.Outcome.NO_MODEL
                                : Compression.Outcome.MODELS_LOSE;
        return new Compression(contentBytes, contentBytes, archive.fileSize(), records,
                modelled ? model : Optional.empty(), outcome);
    }

    private ArchiveOptions withImages(ArchiveOptions plain, ImageChooser.Fit fit) {
        ArchiveOptions how = plain.withRecords(fit.layout(), options.effort().applied(fit.model()))
                .withXz(options.effort().triesXz())
                .withBlockRecords(options.blockRecords() > 0 ? options.blockRecords() : fit.groupRecords());
        return options.models().embedded() ? how.withEmbeddedModel(fit.model().toBytes()) : how;
    }

    private ArchiveOptions withModel(ArchiveOptions plain, ModelChooser.Fit fit) {
        Model fitting = options.effort().isThorough() ? fit.model().thorough() : fit.model();
        ArchiveOptions how = plain.withRecords(layout(fit.layout()), fitting.codec())
                .withXz(options.effort().triesXz());
        return options.models().embedded() ? how.withEmbeddedModel(fit.model().file().toBytes()) : how;
    }

    private ArchiveOutputStream writeSmaller(InputStream once, ArchiveOptions embedding, ArchiveOptions plain,
            String model, OutputStream out) throws IOException {
        try (Spool content = new Spool(options.temporaryFolder())) {
            once.transferTo(content);
            return writeSmaller(ContentView.of(content), embedding, plain, model, out);
        }
    }

    /** Writes the archive that embeds its model, or the one that needs none, if that is not larger. */
    private ArchiveOutputStream writeSmaller(ContentView content, ArchiveOptions embedding, ArchiveOptions plain,
            String model, OutputStream out) throws IOException {
        try (Spool with = new Spool(options.temporaryFolder());
                Spool without = new Spool(options.temporaryFolder())) {
            ArchiveOutputStream first = write(content, embedding, with);
            if (!usesModel(first)) {
                transfer(with, out);
                return first;
            }
            ArchiveOutputStream second = write(content, plain.withListener(ArchiveListener.NONE), without);
            boolean pays = first.fileSize() < second.fileSize();
            if (!pays) {
                options.listener().notEmbedded(model, first.fileSize(), second.fileSize());
            }
            transfer(pays ? with : without, out);
            return pays ? first : second;
        }
    }

    private static boolean usesModel(ArchiveOutputStream archive) {
        return archive.blocks().stream().anyMatch(block -> block.codec().needsModel());
    }

    private static ArchiveOutputStream write(ContentView content, ArchiveOptions how, OutputStream out)
            throws IOException {
        try (InputStream in = content.open()) {
            return write(sorted(in, how.layout()), how, out);
        }
    }

    /** A content, or its records in their canonical order if the layout leaves out theirs. */
    private static InputStream sorted(InputStream content, Layout layout) throws IOException {
        return layout.unordered() ? RecordSorter.sorted(content, layout) : content;
    }

    private Layout layout(Layout found) {
        return options.unordered() ? found.withoutOrder() : found;
    }

    /** The image model on what it was tried on, if one fits: the fast one, if that is asked for and beats LZMA2. */
    private Optional<ImageChooser.Trial> images(byte[] head, Records records) throws IOException {
        if (options.models().images().isEmpty()) {
            return Optional.empty();
        }
        Comparator<ImageCodec> bySpeed = Comparator.comparingLong(ImageCodec::multiplyAdds);
        ImageChooser chooser = new ImageChooser(head, records, options.threads());
        ImageCodec best = Collections.max(options.models().images(), bySpeed);
        if (options.effort() != Effort.FAST) {
            return images(chooser, best);
        }
        ImageCodec fast = Collections.min(options.models().images(), bySpeed);
        Optional<ImageChooser.Trial> trial = images(chooser, fast);
        boolean loses = trial.filter(t -> t.bytes() >= t.generalPurpose()).isPresent();
        return loses && best != fast ? images(chooser, best) : trial;
    }

    private Optional<ImageChooser.Trial> images(ImageChooser chooser, ImageCodec model) throws IOException {
        Optional<ImageChooser.Trial> trial = chooser.trial(model);
        trial.ifPresent(t -> options.listener().triedImages(model.name(), t.bitsPerSample(), t.samples()));
        return trial;
    }

    /**
     * Whether an image model is better than LZMA2 and the best other model.
     *
     * @param saved bits of a sample that the others save because they need not keep the order of records
     */
    private Predicate<ImageChooser.Trial> better(Optional<ModelChooser.Trial> best, double saved) {
        return t -> options.models().required() || t.bytes() + saved * t.samples() / 8 < t.generalPurpose()
                && (best.isEmpty() || t.bitsPerSample() + saved < best.get().bitsPerDim());
    }

    private Optional<ModelChooser.Trial> choose(ModelChooser chooser, List<ModelChooser.Fit> fits) throws IOException {
        if (fits.isEmpty()) {
            return Optional.empty();
        }
        List<ModelChooser.Trial> trials = new ArrayList<>();
        for (ModelChooser.Fit fit : fits) {
            ModelChooser.Trial trial = chooser.trial(fit);
            trials.add(trial);
            options.listener().tried(trial);
        }
        ModelChooser.Trial best = options.effort().choose(trials);
        return !options.models().required() && best.bytes() >= chooser.generalPurpose(best.fit().layout())
                ? Optional.empty()
                : Optional.of(best);
    }

    private ArchiveOptions archiveOptions(Wrapping wrapping, ArchiveListener listener) {
        return ArchiveOptions.DEFAULT.withThreads(options.threads()).withBlockRecords(options.blockRecords())
                .withVerify(options.verify()).withWrapping(wrapping)
                .withTemporaryFolder(options.temporaryFolder()).withListener(listener);
    }

    /** Writes a complete archive; the stream comes back closed, {@code out} does not. */
    private static ArchiveOutputStream write(InputStream in, ArchiveOptions how, OutputStream out) throws IOException {
        try (ArchiveOutputStream archive = new ArchiveOutputStream(new Unclosed(out), how)) {
            boolean complete = false;
            try {
                in.transferTo(archive);
                archive.finish();
                complete = true;
            } finally {
                if (!complete) {
                    archive.abort();
                }
            }
            return archive;
        }
    }
}
