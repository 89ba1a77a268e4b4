package org.bbans.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bbans.cli.io.ArchiveFile;
import org.bbans.cli.io.CollectionFile;
import org.bbans.cli.io.ExpansionNote;
import org.bbans.cli.io.FileException;
import org.bbans.cli.io.InputFile;
import org.bbans.cli.io.Json;
import org.bbans.cli.io.Messages;
import org.bbans.cli.io.ModelCatalogue;
import org.bbans.cli.io.ProgressLine;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.format.Damage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bbans verify}. */
@Command(mixinStandardHelpOptions = true, sortOptions = false,
        description = "Decode archives completely and check everything, without writing anything.")
final class VerifyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Mixin
    private LimitOption limit;

    @Parameters(arity = "0..*", paramLabel = "FILE",
            description = "Archives; - or nothing for standard input.")
    private List<String> files = new ArrayList<>();

    @Option(names = {"-m", "--model"}, paramLabel = "FILE",
            description = "The model file, for archives whose model is neither built in nor embedded.")
    private String model;

    @Option(names = "--keep-going", description = "List everything that is damaged, not only the first place.")
    private boolean keepGoing;

    @Option(names = "--json", description = "Print the results as JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Operands operands = Operands.of(files, null, true, false, false, spec.commandLine());
        common.showEngine();
        ModelCatalogue models = new ModelCatalogue(model);
        List<Map<String, Object>> results = new ArrayList<>();
        boolean sound = true;
        for (String file : operands.inputs()) {
            Map<String, Object> result = verify(file, models);
            sound &= (boolean) result.get("ok");
            results.add(result);
        }
        if (json) {
            Json.print(results);
        }
        return sound ? 0 : 1;
    }

    private Map<String, Object> verify(String file, ModelCatalogue models) throws IOException {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("file", file);
        List<String> problems = new ArrayList<>();
        try (InputFile input = InputFile.open(file);
                ProgressLine progress = new ProgressLine("verify", input.name(), ArchiveFile.contentSize(input),
                        common.messages())) {
            ReadOptions options = limit.applyTo(ReadOptions.DEFAULT).withThreads(common.threads());
            if (input.isCollection()) {
                CollectionFile.Contents contents = CollectionFile.verify(input, models,
                        options.withKeepGoing(keepGoing)
                                .withListener(new ExpansionNote(input.name(), common.messages())));
                contents.problems().forEach(problem -> problems.add(input.name() + ": "
                        + FileException.withoutAdvice(problem)));
                result.put("ok", problems.isEmpty());
                result.put("files", contents.files());
                result.put("bytes", contents.bytes());
                if (problems.isEmpty() && !json && !common.quiet()) {
                    System.out.printf(Locale.ROOT, "%s: sound, %,d files, %,d bytes%n",
                            FileException.printable(input.name()), contents.files(), contents.bytes());
                }
                return finish(result, problems);
            }
            ArchiveFile.Restored restored = ArchiveFile.restore(input, OutputStream.nullOutputStream(), models,
                    options.withKeepGoing(keepGoing).withListener(progress));
            for (Damage damage : restored.damages()) {
                problems.add(input.name() + ": " + ArchiveFile.describe(damage));
            }
            result.put("ok", problems.isEmpty());
            result.put("bytes", restored.size());
            if (problems.isEmpty() && !json && !common.quiet()) {
                System.out.printf(Locale.ROOT, "%s: sound, %,d bytes%n", FileException.printable(input.name()),
                        restored.size());
            }
        } catch (IOException e) {
            problems.add(FileException.of(file, e).getMessage());
            result.put("ok", false);
        }
        return finish(result, problems);
    }

    private static Map<String, Object> finish(Map<String, Object> result, List<String> problems) {
        if (!problems.isEmpty()) {
            result.put("problems", problems);
            problems.forEach(Messages::error);
        }
        return result;
    }
}
