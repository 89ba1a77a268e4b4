package org.bbans.cli.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bbans.codec.format.ArchiveModel;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.ModelSource;
import org.bbans.model.BuiltInModels;
import org.bbans.model.Model;
import org.bbans.model.image.ImageCodec;
import org.bbans.model.image.ImageModel;
import org.bbans.model.spec.Description;

/** Where models come from: the program itself, files that the user names, and archives that embed theirs. */
public final class ModelCatalogue implements ModelSource {

    private final BuiltInModels builtIn = new BuiltInModels();
    private final Optional<Model> named;
    private final Optional<ImageCodec> namedImages;

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
        Optional<ImageCodec> images = name == null ? Optional.empty() : builtIn.imagesByName(name);
        Optional<Model> records = name == null || images.isPresent() ? Optional.empty() : builtIn.byName(name);
        if (name != null && images.isEmpty() && records.isEmpty()) {
            byte[] file = read(name);
            try {
                if (ImageModel.isImageModel(file)) {
                    images = Optional.of(ImageCodec.parse(file));
                } else {
                    records = Optional.of(Model.parse(file));
                }
            } catch (FormatException e) {
                throw new FileException(name, e.getMessage() + "; name a safetensors file made by 'bbans train'");
            }
        }
        if (steps != null && records.isEmpty()) {
            throw new IllegalArgumentException("there is no model named with --model that has time");
        }
        named = steps == null ? records : records.map(model -> model.withSteps(steps));
        namedImages = images;
    }

    /** The model of records that the user named. */
    public Optional<Model> named() {
        return named;
    }

    /** The model of images that the user named. */
    public Optional<ImageCodec> namedImages() {
        return namedImages;
    }

    /** Whether the user named a model. */
    public boolean isNamed() {
        return named.isPresent() || namedImages.isPresent();
    }

    /** Models of records to choose from: the one that the user named, or all of the program. */
    public List<Model> records() {
        return isNamed() ? named.stream().toList() : builtIn();
    }

    /** Models of images to choose from: the one that the user named, or all of the program. */
    public List<ImageCodec> images() {
        return isNamed() ? namedImages.stream().toList()
                : builtIn.imageNames().stream().map(builtIn::imagesByName).flatMap(Optional::stream).toList();
    }

    /** All models of the program. */
    public List<Model> builtIn() {
        return builtIn.names().stream().map(builtIn::byName).flatMap(Optional::stream).toList();
    }

    private byte[] read(String name) throws FileException {
        Path path = FileNames.path(name);
        if (Files.notExists(path)) {
            throw new FileException(name, "neither a model file nor a built-in model that is still offered; those are: "
                    + String.join(", ", builtIn.names())
                    + builtIn.imageNames().stream().map(image -> ", " + image).collect(Collectors.joining()));
        }
        try {
            if (Files.isDirectory(path)) {
                throw new FileException(name, "is a directory; name a model file");
            }
            byte[] bytes;
            try (InputStream in = Files.newInputStream(path)) {
                bytes = in.readNBytes(ModelReference.MAX_EMBEDDED_BYTES + 1);
            }
            if (bytes.length > ModelReference.MAX_EMBEDDED_BYTES) {
                throw new FileException(name, "is too large for a model; name a file made by 'bbans train'");
            }
            return bytes;
        } catch (IOException e) {
            throw FileException.of(name, e);
        }
    }

    @Override
    public ArchiveModel find(ModelReference reference) throws IOException {
        ArchiveModel given = namedImages.isPresent() ? namedImages.get() : named.map(Model::codec).orElse(null);
        if (given != null && reference.embedded() == null && Arrays.equals(given.sha256(), reference.sha256())) {
            return given;
        }
        ArchiveModel known = builtIn.find(reference);
        return known != null ? known : given;
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
