package org.bbans.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bbans.cli.io.CollectionFile;
import org.bbans.cli.io.FileException;
import org.bbans.cli.io.InputFile;
import org.bbans.cli.io.Json;
import org.bbans.cli.io.Messages;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import picocli.CommandLine.Model.CommandSpec;

/** {@code bbans list}: needs no model and decodes no file. */
final class ListCommand implements Callable<Integer> {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);

    private List<String> archives;
    private boolean verbose;
    private boolean json;
    private String memory;
    private CommandSpec spec;

    static CommandSpec spec() {
        ListCommand command = new ListCommand();
        command.spec = new QuickSpec(command, "List the files in archives of folders.")
                .operands("1..*", "ARCHIVE", "Archives; - for standard input.", names -> command.archives = names)
                .flag(on -> command.verbose = on, "With modes, sizes, times and where links lead.", "-v",
                        "--verbose")
                .flag(on -> command.json = on, "Print JSON.", "--json")
                .option(size -> command.memory = size, "SIZE", LimitOption.DIRECTORIES, "-M", "--memory").build();
        return command.spec;
    }

    @Override
    public Integer call() throws IOException {
        List<Map<String, Object>> all = new ArrayList<>();
        boolean well = EachFile.of(archives, archive -> list(archive, all));
        if (json) {
            Json.print(all);
        }
        return well ? 0 : 1;
    }

    private boolean list(String archive, List<Map<String, Object>> all) throws IOException {
        try (InputFile input = InputFile.open(archive)) {
            input.checkCollection("'bbans info' says what it holds");
            CollectionFile.Listing listing =
                    CollectionFile.list(input, LimitOption.limited(ReadOptions.DEFAULT, memory, spec));
            List<CollectionEntry> entries = new ArrayList<>(listing.entries());
            entries.sort(Comparator.comparing(CollectionEntry::name));
            for (CollectionEntry entry : entries) {
                if (json) {
                    all.add(properties(entry));
                } else {
                    System.out.println(FileException.printable(verbose ? longLine(entry) : entry.name()
                            + (entry.type() == EntryType.FOLDER ? "/" : "")));
                }
            }
            for (String problem : listing.problems()) {
                Messages.error(input.name() + ": " + FileException.withoutAdvice(problem));
            }
            return listing.problems().isEmpty();
        }
    }

    private static String longLine(CollectionEntry e) {
        StringBuilder mode = new StringBuilder(e.type() == EntryType.FOLDER ? "d" : e.type() == EntryType.LINK ? "l"
                : "-");
        for (int i = 0; i < 9; i++) {
            mode.append((e.mode() & 0400 >> i) != 0 ? "rwxrwxrwx".charAt(i) : '-');
        }
        return String.format(Locale.ROOT, "%s %,15d %s %s%s%s", mode, size(e),
                TIME.format(Instant.ofEpochSecond(e.seconds()).atZone(ZoneId.systemDefault())), e.name(),
                e.type() == EntryType.FOLDER ? "/" : "",
                e.type() == EntryType.LINK ? " -> " + new String(e.target(), StandardCharsets.UTF_8)
                        : "");
    }

    private static long size(CollectionEntry e) {
        return e.content() == null ? 0 : e.content().size();
    }

    private static Map<String, Object> properties(CollectionEntry e) {
        Map<String, Object> p = new LinkedHashMap<>();
        p.put("path", e.name());
        p.put("type", e.type().name().toLowerCase(Locale.ROOT));
        p.put("mode", String.format(Locale.ROOT, "%04o", e.mode()));
        p.put("modified", Instant.ofEpochSecond(e.seconds(), e.nanos()).toString());
        if (e.type() == EntryType.FILE) {
            p.put("bytes", size(e));
        }
        if (e.type() == EntryType.LINK) {
            p.put("target", new String(e.target(), StandardCharsets.UTF_8));
        }
        return p;
    }
}
