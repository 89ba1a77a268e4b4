package org.bbans.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.bbans.cli.bench.BenchChart;
import org.bbans.cli.bench.BitsPicture;
import org.bbans.cli.bench.Peer;
import org.bbans.cli.bench.PeerComparison;
import org.bbans.cli.io.InputFile;
import org.bbans.cli.io.Json;
import org.bbans.cli.io.ModelCatalogue;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.engine.Engines;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bbans bench}. */
@Command(mixinStandardHelpOptions = true, sortOptions = false,
        description = {
            "Compress whole files with a model that fits, as --best does with it too, and with gzip, bzip2, xz and "
                    + "zstd, decode all of it again, "
                    + "compare, and print sizes and times.",
            "Bits per dimension count everything in the compressed file. The ELBO is the model's own, as it codes, "
                    + "on the same records; the gap is what chaining, heads, headers and checksums cost. A model's "
                    + "size is shown beside it, as it is not part of the file. Times are those of one run in "
                    + "one process, "
                    + "without its start."})
final class BenchCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files to compress.")
    private List<String> files;

    @Option(names = {"-m", "--model"}, paramLabel = "NAME|FILE", description = "Run this model only.")
    private String model;

    @Mixin
    private StepsOption steps;

    @Option(names = "--all-models", description = "Run every model that fits, not only the best on a sample.")
    private boolean allModels;

    @Mixin
    private RecordOptions records;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--chart", paramLabel = "OUT.png", description = "Draw a chart of the bits per dimension.")
    private Path chart;

    @Option(names = "--map", paramLabel = "OUT.png",
            description = "Draw where the bits of a file's first image go, and what learning saves on the way down, "
                    + "instead of comparing.")
    private Path map;

    @Override
    public Integer call() throws IOException {
        ModelCatalogue models = steps.models(model);
        if (map != null) {
            return drawMap(models);
        }
        if (!Peer.atHand()) {
            common.note("gzip, bzip2, xz and zstd are left out: they lie in lib-extra, which is not there; "
                    + "./bbans bench in the source tree brings it");
        }
        List<PeerComparison> comparisons = new ArrayList<>();
        for (String file : files) {
            byte[] content;
            try (InputFile input = InputFile.open(file); InputStream in = input.stream()) {
                content = in.readAllBytes();
            }
            Wrappings.kind(content, content.length).filter(Wrappings.FileKind::isKnownAsPacked)
                    .ifPresent(kind -> common.note(file + ": a " + kind.label()
                            + " file, compared as it is, not by its content"));
            PeerComparison comparison = PeerComparison.of(file, content, records.described(), models, common.threads(),
                    allModels);
            comparisons.add(comparison);
            if (!json) {
                print(comparison);
            }
        }
        if (json) {
            Json.print(properties(comparisons));
        } else {
            System.out.println();
            System.out.println("Every line is a complete file that was decoded and compared. " + environment());
        }
        if (chart != null) {
            BenchChart.draw(comparisons, chart);
        }
        return 0;
    }

    private int drawMap(ModelCatalogue models) throws IOException {
        if (files.size() != 1 || models.images().isEmpty()) {
            throw new ParameterException(spec.commandLine(), files.size() != 1 ? "--map draws one file"
                    : "--map draws what a model of images does; " + model + " is none");
        }
        try (InputFile input = InputFile.open(files.get(0)); InputStream in = input.stream()) {
            BitsPicture picture = BitsPicture.of(input.name(), in.readAllBytes(), records.described(),
                    models.images().get(0));
            picture.draw(map);
            System.out.println(picture.summary());
        }
        return 0;
    }

    private String environment() {
        return "Java " + Runtime.version().feature() + ", " + Engines.describe() + ", " + common.threads()
                + " threads.";
    }

    private static void print(PeerComparison c) {
        System.out.println();
        System.out.printf(Locale.ROOT, "%s: %,d bytes%s%n", c.file(), c.bytes(), c.records() == 0 ? ", no records found"
                : String.format(Locale.ROOT, ", %,d records of %s", c.records(), ModelCatalogue.shape(c.shape())));
        int width = c.rows().stream().mapToInt(r -> r.coder().length()).max().orElse(5);
        System.out.printf("  %-" + width + "s %14s %10s %10s %8s %12s %10s %10s%n", "coder", "bytes",
                c.records() == 0 ? "bits/byte" : "bits/dim", "ELBO", "gap", "model bytes", "encode s", "decode s");
        for (PeerComparison.Row r : c.rows()) {
            System.out.printf(Locale.ROOT, "  %-" + width + "s %,14d %10.4f %10s %8s %12s %10.2f %10.2f%n", r.coder(),
                    r.bytes(), r.bitsPerDim(), r.elbo() == null ? "" : String.format(Locale.ROOT, "%.4f", r.elbo()),
                    r.gapPercent() == null ? "" : String.format(Locale.ROOT, "%+.2f %%", r.gapPercent()),
                    r.modelBytes() == null ? "" : String.format(Locale.ROOT, "%,d", r.modelBytes()), r.encodeSeconds(),
                    r.decodeSeconds());
        }
    }

    private Map<String, Object> properties(List<PeerComparison> comparisons) {
        Map<String, Object> p = new LinkedHashMap<>();
        p.put("java", Runtime.version().toString());
        p.put("engine", Engines.describe());
        p.put("threads", common.threads());
        p.put("files", comparisons.stream().map(BenchCommand::properties).collect(Collectors.toList()));
        return p;
    }

    private static Map<String, Object> properties(PeerComparison c) {
        Map<String, Object> p = new LinkedHashMap<>();
        p.put("file", c.file());
        p.put("bytes", c.bytes());
        p.put("records", c.records());
        p.put("shape", c.shape());
        p.put("samples", c.samples());
        List<Map<String, Object>> rows = new ArrayList<>();
        for (PeerComparison.Row r : c.rows()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("coder", r.coder());
            row.put("bytes", r.bytes());
            row.put("bitsPerDim", r.bitsPerDim());
            row.put("elbo", r.elbo());
            row.put("gapPercent", r.gapPercent());
            row.put("modelBytes", r.modelBytes());
            row.put("encodeSeconds", r.encodeSeconds());
            row.put("decodeSeconds", r.decodeSeconds());
            rows.add(row);
        }
        p.put("results", rows);
        return p;
    }
}
