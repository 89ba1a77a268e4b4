package org.bbans.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.bbans.cli.io.FileException;
import org.bbans.cli.io.Json;
import org.bbans.cli.io.ModelCatalogue;
import org.bbans.model.Model;
import org.bbans.model.ModelChoice;
import org.bbans.model.file.ModelFile;
import org.bbans.model.image.ImageCodec;
import org.bbans.model.image.ImageModel;
import org.bbans.model.spec.Description;
import picocli.CommandLine.Model.CommandSpec;

/** {@code bbans models}. */
final class ModelsCommand implements Callable<Integer> {

    private List<String> names = List.of();
    private boolean verbose;
    private boolean json;

    static CommandSpec spec() {
        ModelsCommand command = new ModelsCommand();
        return new QuickSpec(command, "List the built-in models, or describe the given ones.")
                .operands("0..*", "NAME|FILE", "Built-in models or model files.", names -> command.names = names)
                .flag(on -> command.verbose = on, "Print architecture and training record too.", "-v", "--verbose")
                .flag(on -> command.json = on, "Print JSON.", "--json").build();
    }

    @Override
    public Integer call() throws IOException {
        List<ModelFile> models = new ArrayList<>();
        List<ImageCodec> images = new ArrayList<>();
        for (String name : names.isEmpty() ? Collections.singletonList((String) null) : names) {
            ModelChoice choice = new ModelCatalogue(name).choice();
            models.addAll(choice.records().stream().map(Model::file).toList());
            images.addAll(choice.images());
        }
        if (json) {
            Json.print(Stream.concat(models.stream().map(ModelsCommand::properties),
                    images.stream().map(ModelsCommand::properties)).toList());
            return 0;
        }
        System.out.printf("%-20s %-10s %6s %7s %12s %10s  %s%n", "name", "shape", "levels", "latents", "parameters",
                "bytes", "SHA-256");
        for (ModelFile model : models) {
            Description spec = model.description();
            System.out.printf(Locale.ROOT, "%-20s %-10s %6d %7d %,12d %,10d  %s%n", spec.name(),
                    ModelCatalogue.shape(spec.shape()),
                    spec.levels(), spec.latents(), spec.parameters(), model.sizeInBytes(),
                    verbose ? HexFormat.of().formatHex(model.sha256())
                            : HexFormat.of().formatHex(model.sha256(), 0, 8));
            if (verbose) {
                System.out.println("  architecture " + spec.toJson());
                model.training().ifPresent(training -> System.out.println("  training     "
                        + FileException.printable(training)));
            }
        }
        for (ImageCodec model : images) {
            System.out.printf(Locale.ROOT, "%-20s %-10s %6s %7s %,12d %,10d  %s%n", model.name(), "images", "256+",
                    "", model.model().parameters(), model.toBytes().length,
                    verbose ? HexFormat.of().formatHex(model.sha256())
                            : HexFormat.of().formatHex(model.sha256(), 0, 8));
            if (verbose) {
                System.out.println("  architecture " + model.model().shape().describe());
                model.model().training().ifPresent(training -> System.out.println("  training     "
                        + FileException.printable(training)));
            }
        }
        return 0;
    }

    private static Map<String, Object> properties(ImageCodec model) {
        Map<String, Object> p = new LinkedHashMap<>();
        p.put("name", model.name());
        p.put("sha256", HexFormat.of().formatHex(model.sha256()));
        p.put("bytes", model.toBytes().length);
        p.put("family", ImageModel.FAMILY);
        p.put("parameters", model.model().parameters());
        p.put("architecture", model.model().shape().sizes());
        p.put("training", model.model().training().map(ModelsCommand::json).orElse(null));
        return p;
    }

    private static Map<String, Object> properties(ModelFile model) {
        Map<String, Object> p = new LinkedHashMap<>();
        p.put("name", model.description().name());
        p.put("sha256", HexFormat.of().formatHex(model.sha256()));
        p.put("bytes", model.sizeInBytes());
        p.put("family", model.description().family().label());
        p.put("parameters", model.description().parameters());
        p.put("architecture", JsonParser.parseString(model.description().toJson()));
        p.put("training", model.training().map(ModelsCommand::json).orElse(null));
        return p;
    }

    /** A training record, as a string if it is not what 'bbans train' writes: nothing has looked at it so far. */
    private static JsonElement json(String training) {
        try {
            return JsonParser.parseString(training);
        } catch (JsonParseException e) {
            return new JsonPrimitive(training);
        }
    }
}
