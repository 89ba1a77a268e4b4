package org.bbans.cli.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bbans.codec.format.ArchiveModel;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.ModelSource;
import org.bbans.model.BuiltInModels;
import org.bbans.model.Model;
import org.bbans.model.ModelChoice;
import org.bbans.model.image.ImageCodec;
import org.bbans.model.spec.Description;

/** Where models come from: the program itself, files that the user names, and archives that embed theirs. */
public final class ModelCatalogue implements ModelSource {

    private final BuiltInModels builtIn = new BuiltInModels();
    private final Optional<ModelChoice> given;
    private final ModelSource source;

    /** @param name what the user gave with {@code --model}, or null */
    public ModelCatalogue(String name) throws FileException {
        this(name, null);
    }

    /**
     * Models of which the named one encodes in a number of steps of time.
     *
     * @param name what the user gave with {@code --model}, or null
     * @param steps what the user gave with {@code --steps}, or null
     * @throws IllegalArgumentException if steps were given and the named model does not allow them
     */
    public ModelCatalogue(String name, Integer steps) throws FileException {
        Optional<ModelChoice> chosen = name == null ? Optional.empty() : Optional.of(chosen(name));
        Optional<Model> records = chosen.flatMap(choice -> choice.records().stream().findFirst());
        if (steps != null && records.isEmpty()) {
            throw new IllegalArgumentException("there is no model named with --model that has time");
        }
        given = steps == null ? chosen : records.map(model -> ModelChoice.only(model.withSteps(steps)));
        source = given.orElse(ModelChoice.NONE).orElse(builtIn);
    }

    /** The model of records that the user named. */
    public Optional<Model> named() {
        return given.flatMap(choice -> choice.records().stream().findFirst());
    }

    /** The model of images that the user named. */
    public Optional<ImageCodec> namedImages() {
        return given.flatMap(choice -> choice.images().stream().findFirst());
    }

    /** What to choose from: the model that the user named, which then is required, or all of the program. */
    public ModelChoice choice() {
        return given.orElseGet(builtIn::all);
    }

    /** The models of images among these; no others are loaded. */
    public List<ImageCodec> images() {
        return given.map(ModelChoice::images).orElseGet(builtIn::images);
    }

    private ModelChoice chosen(String name) throws FileException {
        Optional<ModelChoice> known = builtIn.choice(name);
        if (known.isPresent()) {
            return known.get();
        }
        Path path = FileNames.path(name);
        if (Files.notExists(path)) {
            throw new FileException(name, "neither a model file nor a built-in model that is still offered; those are: "
                    + builtIn.describeNames());
        }
        if (Files.isDirectory(path)) {
            throw new FileException(name, "is a directory; name a model file");
        }
        try {
            return ModelChoice.read(path);
        } catch (FormatException e) {
            throw new FileException(name, e.getMessage() + "; name a safetensors file made by 'bbans train'");
        } catch (IOException e) {
            throw FileException.of(name, e);
        }
    }

    @Override
    public ArchiveModel find(ModelReference reference) throws IOException {
        return source.find(reference);
    }

    /** What a model codes, for people. */
    public static String describe(Description spec) {
        return spec.name() + " codes records of " + shape(spec.shape()) + " with " + spec.levels() + " levels";
    }

    /** Extents, slowest first, for people: {@code 32x32x3}. */
    public static String shape(List<Integer> shape) {
        return shape.stream().map(String::valueOf).collect(Collectors.joining("x"));
    }
}
