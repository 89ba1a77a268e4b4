package org.bbans.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bbans.cli.io.CollectionFile;
import org.bbans.cli.io.FileException;
import org.bbans.cli.io.FileNames;
import org.bbans.cli.io.InputFile;
import org.bbans.cli.io.Json;
import org.bbans.cli.io.Messages;
import org.bbans.cli.io.ModelCatalogue;
import org.bbans.cli.io.OutputFile;
import org.bbans.codec.archive.ArchiveInfo;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.archive.RecordReader;
import org.bbans.codec.collection.CollectionBatch.NeededModel;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.Layout;
import picocli.CommandLine.Model.CommandSpec;

/** {@code bbans info}: reads no more than header and index, and needs no model; only {@code -v} looks further. */
final class InfoCommand implements Callable<Integer> {

    private List<String> files;
    private boolean verbose;
    private String model;
    private boolean json;
    private String memory;
    private CommandSpec spec;

    static CommandSpec spec() {
        InfoCommand command = new InfoCommand();
        command.spec = new QuickSpec(command, "Say what archives hold, from their headers and indexes alone.")
                .operands("1..*", "FILE", "Archives.", files -> command.files = files)
                .flag(on -> command.verbose = on, "List the blocks, and what lane heads and initial bits cost those "
                        + "that a model codes; for an estimate of the latter some records are decoded.", "-v",
                        "--verbose")
                .option(name -> command.model = name, "NAME|FILE", "The archives' model, which -v needs if it is "
                        + "neither built in nor embedded.", "-m", "--model")
                .flag(on -> command.json = on, "Print JSON.", "--json")
                .option(size -> command.memory = size, "SIZE", LimitOption.DIRECTORIES, "-M", "--memory").build();
        return command.spec;
    }

    @Override
    public Integer call() throws FileException {
        ModelCatalogue models = new ModelCatalogue(model);
        boolean sound = true;
        List<Map<String, Object>> all = new ArrayList<>();
        for (String file : files) {
            try {
                if (InputFile.isArchive(file) && CollectionFile.isCollection(file)) {
                    collection(file, all);
                    continue;
                }
                List<ArchiveInfo> members = read(file);
                try (RecordReader reader = verbose ? new RecordReader(FileNames.path(file), models, limits()) : null) {
                    for (ArchiveInfo info : members) {
                        Map<BlockInfo, ChainOverhead> overheads = reader == null ? Map.of()
                                : ChainOverhead.of(reader, info, models);
                        if (json) {
                            all.add(properties(file, info, overheads));
                        } else {
                            print(file, info, members.size() > 1, overheads);
                        }
                    }
                }
            } catch (IOException e) {
                Messages.error(FileException.of(file, e).getMessage());
                sound = false;
            }
        }
        if (json) {
            Json.print(all);
        }
        return sound ? 0 : 1;
    }

    private void collection(String file, List<Map<String, Object>> all) throws IOException {
        try (InputFile input = InputFile.open(file)) {
            CollectionFile.Summary summary = CollectionFile.summary(input, limits());
            long files = summary.files();
            long bytes = summary.bytes();
            if (json) {
                Map<String, Object> p = new LinkedHashMap<>();
                p.put("file", file);
                p.put("archiveBytes", input.size());
                p.put("contentBytes", bytes);
                p.put("files", files);
                p.put("models", summary.models().stream().map(InfoCommand::properties).toList());
                all.add(p);
                return;
            }
            System.out.println(FileException.printable(file) + ":");
            line("format", input.isNameless() ? "bbans archive of a content in segments"
                    : "bbans archive of files by name");
            line("archive", String.format(Locale.ROOT, "%,d bytes%s", input.size(), bytes == 0 ? ""
                    : String.format(Locale.ROOT, ", %.2f %% of the files", 100.0 * input.size() / bytes)));
            for (NeededModel model : summary.models()) {
                line("model", model.name() + ", SHA-256 " + model.sha256() + (model.embedded() ? ", embedded" : ""));
            }
            if (input.isNameless()) {
                line("content", String.format(Locale.ROOT, "%,d bytes", bytes));
                return;
            }
            line("files", String.format(Locale.ROOT, "%,d, %,d bytes; 'bbans list' names them", files, bytes));
        }
    }

    private static Map<String, Object> properties(NeededModel model) {
        Map<String, Object> p = new LinkedHashMap<>();
        p.put("name", model.name());
        p.put("sha256", model.sha256());
        p.put("embedded", model.embedded());
        return p;
    }

    private ReadOptions limits() {
        return LimitOption.limited(ReadOptions.DEFAULT, memory, spec);
    }

    private List<ArchiveInfo> read(String file) throws FileException {
        if (file.equals(OutputFile.STANDARD)) {
            throw new FileException("standard input", "has no end that can be looked up first; use 'verify -'");
        }
        try {
            Path path = FileNames.path(file);
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                throw new FileException(file, Files.isDirectory(path) ? "is a directory; name an archive"
                        : "is no regular file; a pipe's end cannot be looked up first, use 'verify'");
            }
            return ArchiveInfo.members(path, limits().memoryLimit());
        } catch (IOException e) {
            throw FileException.of(file, e);
        }
    }

    private void print(String file, ArchiveInfo info, boolean isOneOfSeveral,
            Map<BlockInfo, ChainOverhead> overheads) {
        Layout layout = info.header().layout();
        System.out.println(FileException.printable(file)
                + (isOneOfSeveral ? ", from offset " + info.offset() + ":" : ":"));
        line("format", "bbans archive, version " + info.header().version());
        line("archive", String.format(Locale.ROOT, "%,d bytes%s", info.fileSize(), rate(info)));
        line("content", String.format(Locale.ROOT, "%,d bytes, SHA-256 %s", info.contentSize(),
                HexFormat.of().formatHex(info.sha256())));
        line("records", layout.isOpaque() ? "none known" : String.format(Locale.ROOT, "%,d x %s, %s", info.records(),
                shape(layout), describe(layout)));
        line("model", info.header().model() == null ? "none" : info.header().model().name() + ", SHA-256 "
                + HexFormat.of().formatHex(info.header().model().sha256())
                + (info.embeddedModelSize() > 0 ? String.format(Locale.ROOT, ", embedded, %,d bytes",
                        info.embeddedModelSize()) : ""));
        if (info.header().wrapping() != null) {
            line("wrapping", Wrappings.label(info.header().wrapping().kind()));
        }
        line("blocks", info.blocks().size() + codecs(info));
        if (verbose) {
            for (BlockInfo b : info.blocks()) {
                System.out.printf(Locale.ROOT, "  %6d  %-9s  %,15d bytes from %,d  ->  %,15d bytes at %,d%n",
                        b.number(), codec(b), b.rawSize(), b.contentOffset(), b.fileSize(), b.fileOffset());
                if (overheads.containsKey(b)) {
                    System.out.println("          " + describe(overheads.get(b)));
                }
            }
        }
    }

    private static void line(String what, String text) {
        System.out.println("  " + String.format("%-9s", what) + text);
    }

    private static String rate(ArchiveInfo info) {
        if (info.contentSize() == 0) {
            return "";
        }
        String percent = String.format(Locale.ROOT, ", %.2f %% of the content",
                100.0 * info.fileSize() / info.contentSize());
        return bitsPerDim(info) == null ? percent : percent + String.format(Locale.ROOT, ", %.4f bits/dim",
                bitsPerDim(info));
    }

    /** Bits of the whole archive, without an embedded model, for each sample; null if there are no samples. */
    private static Double bitsPerDim(ArchiveInfo info) {
        double samples = (double) info.records() * info.header().layout().dims();
        return samples == 0 ? null : (info.fileSize() - info.embeddedModelPacked()) * 8 / samples;
    }

    private static String shape(Layout layout) {
        StringBuilder s = new StringBuilder();
        for (int extent : layout.shape()) {
            s.append(s.isEmpty() ? "" : "x").append(extent);
        }
        return s.toString();
    }

    private static String describe(Layout layout) {
        return Formats.describe(layout.format())
                + (layout.leading() > 0 ? ", after " + layout.leading() + " bytes" : "")
                + (layout.prefix() > 0 ? ", each after " + layout.prefix() + " bytes" : "")
                + (layout.unordered() ? ", unordered: sorted, not as they came" : "");
    }

    private static String describe(ChainOverhead o) {
        return String.format(Locale.ROOT, "%,.0f bits for %d lane %s; ", o.headBits(), o.heads(),
                o.heads() == 1 ? "head" : "heads")
                + (o.plain() == o.records() ? "no initial bits, for no record has latents"
                        : String.format(Locale.ROOT, "%s initial bits, for %d %s without latents",
                                o.initialBits().isPresent()
                                        ? String.format(Locale.ROOT, "about %,.0f", o.initialBits().getAsDouble())
                                        : "unknown",
                                o.plain(), o.plain() == 1 ? "record" : "records"))
                + (o.fronts() ? "; pixels in fronts" : "")
                + (o.learning() ? "; learnt while it was coded" : "")
                + (o.turned() ? "; records turned, 3 bits each" : "")
                + (o.steps() > 0 ? String.format(Locale.ROOT, "; %d %s of time", o.steps(),
                        o.steps() == 1 ? "step" : "steps") : "");
    }

    private static String codec(BlockInfo block) {
        return block.codec().name().toLowerCase(Locale.ROOT);
    }

    private static String codecs(ArchiveInfo info) {
        StringBuilder s = new StringBuilder();
        for (BlockKind codec : BlockKind.values()) {
            long n = info.blocks().stream().filter(b -> b.codec() == codec).count();
            if (n > 0) {
                s.append(s.isEmpty() ? ": " : ", ").append(n).append(' ').append(codec.name().toLowerCase(Locale.ROOT));
            }
        }
        return s.toString();
    }

    private Map<String, Object> properties(String file, ArchiveInfo info, Map<BlockInfo, ChainOverhead> overheads) {
        Map<String, Object> p = new LinkedHashMap<>();
        Layout layout = info.header().layout();
        p.put("file", file);
        p.put("version", info.header().version());
        p.put("archiveOffset", info.offset());
        p.put("archiveBytes", info.fileSize());
        p.put("contentBytes", info.contentSize());
        p.put("contentSha256", HexFormat.of().formatHex(info.sha256()));
        p.put("bitsPerDim", bitsPerDim(info));
        if (!layout.isOpaque()) {
            Map<String, Object> records = new LinkedHashMap<>();
            records.put("count", info.records());
            records.put("shape", layout.shape());
            records.put("format", Formats.name(layout.format()));
            records.put("leadingBytes", layout.leading());
            records.put("prefixBytes", layout.prefix());
            records.put("unordered", layout.unordered());
            p.put("records", records);
        }
        if (info.header().model() != null) {
            Map<String, Object> model = new LinkedHashMap<>();
            model.put("name", info.header().model().name());
            model.put("sha256", HexFormat.of().formatHex(info.header().model().sha256()));
            model.put("embeddedBytes", info.embeddedModelSize());
            p.put("model", model);
        }
        if (info.header().wrapping() != null) {
            p.put("wrapping", Wrappings.label(info.header().wrapping().kind()));
        }
        List<Map<String, Object>> blocks = new ArrayList<>();
        for (BlockInfo b : info.blocks()) {
            Map<String, Object> block = new LinkedHashMap<>();
            block.put("codec", codec(b));
            block.put("contentOffset", b.contentOffset());
            block.put("contentBytes", b.rawSize());
            block.put("archiveOffset", b.fileOffset());
            block.put("archiveBytes", b.fileSize());
            ChainOverhead overhead = overheads.get(b);
            if (overhead != null) {
                block.put("laneHeads", overhead.heads());
                block.put("laneHeadBits", overhead.headBits());
                block.put("plainRecords", overhead.plain());
                block.put("fronts", overhead.fronts());
                block.put("learning", overhead.learning());
                block.put("turned", overhead.turned());
                if (overhead.steps() > 0) {
                    block.put("steps", overhead.steps());
                }
                block.put("initialBits", overhead.initialBits().isPresent() ? overhead.initialBits().getAsDouble()
                        : null);
            }
            blocks.add(block);
        }
        p.put("blocks", blocks);
        return p;
    }
}
