package org.bbans.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.bbans.cli.io.CollectionFile;
import org.bbans.cli.io.ExpansionNote;
import org.bbans.cli.io.FileException;
import org.bbans.cli.io.FileNames;
import org.bbans.cli.io.InputFile;
import org.bbans.cli.io.ModelCatalogue;
import org.bbans.cli.io.NamePattern;
import org.bbans.cli.io.OutputFile;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.archive.RecordReader;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bbans cat}. */
@Command(mixinStandardHelpOptions = true, sortOptions = false,
        description = "Write some files, or some records, of an archive to standard output.",
        footerHeading = "%nExamples:%n",
        footer = {"  bbans cat photos.bba photos/one.png > one.png",
            "  bbans cat --records 17,40-59 digits.idx.bba   records by number, from 0"})
final class CatCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Mixin
    private LimitOption limit;

    @Parameters(index = "0", paramLabel = "ARCHIVE",
            description = "The archive; - for standard input, but not with --records.")
    private String archive;

    @Parameters(index = "1", arity = "0..*", paramLabel = "MEMBER",
            description = "Paths or patterns of files; written in the archive's order.")
    private List<String> members = new ArrayList<>();

    @Option(names = "--records", paramLabel = "N|N-M", split = ",",
            description = "Records instead of files, with their labels; only their blocks are decoded.")
    private List<String> records;

    @Option(names = {"-m", "--model"}, paramLabel = "FILE",
            description = "The model file, for an archive whose model is neither built in nor embedded.")
    private String model;

    @Override
    public Integer call() throws IOException {
        ModelCatalogue models = new ModelCatalogue(model);
        if (records != null == !members.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "name files in the archive, or records with --records");
        }
        try (OutputFile output = OutputFile.open(OutputFile.STANDARD, false)) {
            boolean all = true;
            if (records != null) {
                catRecords(models, output.stream());
            } else {
                all = catFiles(models, output.stream());
            }
            output.commit();
            return all ? 0 : 1;
        }
    }

    /** Whether there was something to write for each pattern; if not, that is said. */
    private boolean catFiles(ModelCatalogue models, OutputStream out) throws IOException {
        List<NamePattern> wanted = NamePattern.of(members);
        try (InputFile input = InputFile.open(archive)) {
            input.checkCollection("'bbans decompress -c' writes it");
            CollectionFile.write(input, entry -> entry.type() == EntryType.FILE && NamePattern.any(wanted).test(entry),
                    out, models, limit.applyTo(ReadOptions.DEFAULT).withThreads(common.threads())
                            .withListener(new ExpansionNote(input.name(), common.messages())));
            return NamePattern.reportUnmatched(wanted, input);
        }
    }

    private void catRecords(ModelCatalogue models, OutputStream out) throws IOException {
        if (records.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--records names none");
        }
        if (archive.equals(OutputFile.STANDARD)) {
            throw new ParameterException(spec.commandLine(), "--records goes to places in the archive; name a file");
        }
        try (RecordReader reader = new RecordReader(FileNames.path(archive), models,
                limit.applyTo(ReadOptions.DEFAULT))) {
            long count = reader.records();
            if (count == 0) {
                throw new FileException(archive, "holds no records that could be told apart; 'bbans decompress' "
                        + "restores what it holds");
            }
            for (String range : records) {
                String[] ends = range.strip().split("-", 2);
                long first = number(ends[0], range);
                long last = number(ends[ends.length - 1], range);
                if (first > last || last >= count) {
                    throw new FileException(archive, "has " + count + " records, from 0; there are no records "
                            + range.strip());
                }
                for (long i = first; i <= last; i++) {
                    out.write(reader.read(i));
                }
            }
        } catch (IOException e) {
            throw FileException.of(archive, e);
        }
    }

    private long number(String text, String range) {
        if (!text.strip().matches("[0-9]{1,18}")) {
            throw new ParameterException(spec.commandLine(), range + " is no number of a record, and no range of such");
        }
        return Long.parseLong(text.strip());
    }
}
