package org.bbans.spark;

import com.google.gson.Gson;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bbans.codec.collection.CollectionReader;
import org.bbans.codec.format.ModelSource;
import org.bbans.model.BuiltInModels;
import org.bbans.model.ModelChoice;

/** Paths and models that options name. */
final class Archives {

    static final String SUFFIX = ".bba";
    static final String MODEL = "model";

    private static final String PATH = "path";
    private static final String FILE = "file:";

    /** Those that tasks of this process have needed. */
    private static final class BuiltIn {

        static final BuiltInModels MODELS = new BuiltInModels();

        private BuiltIn() {}
    }

    private Archives() {}

    /** The one path to write to. */
    static Path folder(Map<String, String> options) {
        List<Path> paths = named(options);
        if (paths.size() != 1) {
            throw new IllegalArgumentException("archives are written into one folder, not " + paths);
        }
        return paths.get(0);
    }

    private static List<Path> named(Map<String, String> options) {
        List<String> names = new ArrayList<>();
        if (options.containsKey("paths")) {
            names.addAll(Arrays.asList(new Gson().fromJson(options.get("paths"), String[].class)));
        }
        if (options.containsKey(PATH)) {
            names.add(options.get(PATH));
        }
        return names.stream().map(Archives::path).toList();
    }

    /** What is no URI, for example as there is a space in it, may be a path behind the scheme, as for Spark itself. */
    private static Path path(String name) {
        if (!name.startsWith(FILE)) {
            return Path.of(name);
        }
        try {
            return Path.of(new URI(name));
        } catch (URISyntaxException e) {
            return Path.of(name.substring(FILE.length()));
        }
    }

    /** The archives to read: those that are named, and those in folders that are. */
    static List<Path> all(Map<String, String> options) throws IOException {
        List<Path> archives = new ArrayList<>();
        for (Path path : named(options)) {
            if (Files.isDirectory(path)) {
                try (Stream<Path> files = Files.list(path)) {
                    archives.addAll(files.filter(f -> f.getFileName().toString().endsWith(SUFFIX)
                            && !f.getFileName().toString().startsWith(".") && !Files.isDirectory(f)).sorted().toList());
                }
            } else {
                archives.add(path);
            }
        }
        return archives;
    }

    /** Whether the first archive, if there is one, is one of a folder. */
    static boolean holdFiles(Map<String, String> options) throws IOException {
        Optional<Path> first = all(options).stream().findFirst();
        return first.isPresent() && Files.isRegularFile(first.get()) && CollectionReader.isCollection(first.get());
    }

    /**
     * The model that the options name; empty if none.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    static Optional<ModelChoice> model(Map<String, String> options) throws IOException {
        String name = options.get(MODEL);
        if (name == null) {
            return Optional.empty();
        }
        Optional<ModelChoice> builtIn = BuiltIn.MODELS.choice(name);
        if (builtIn.isPresent()) {
            return builtIn;
        }
        if (!Files.isRegularFile(Path.of(name))) {
            throw new IllegalArgumentException("the option model is a model file or one of "
                    + BuiltIn.MODELS.describeNames() + ", not " + name);
        }
        return Optional.of(ModelChoice.read(Path.of(name)));
    }

    /** Finds the models of archives. */
    static ModelSource models(Map<String, String> options) throws IOException {
        return model(options).orElse(ModelChoice.NONE).orElse(BuiltIn.MODELS);
    }
}
