package org.bbans.cli.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.RecordCodec;
import org.bbans.model.BuiltInModels;
import org.bbans.model.Model;
import org.bbans.model.spec.ModelSpec;

/** Where models come from: the program itself, files that the user names, and archives that embed theirs. */
public final class ModelCatalogue implements ModelSource {

    private final BuiltInModels builtIn = new BuiltInModels();
    private final Optional<Model> named;

    /** @param name what the user gave with {@code --model}, or null */
    public ModelCatalogue(String name) throws FileException {
        named = name == null ? Optional.empty() : Optional.of(open(name));
    }

    /** The model that the user named. */
    public Optional<Model> named() {
        return named;
    }

    /** All models of the program. */
    public List<Model> builtIn() {
        return builtIn.names().stream().map(builtIn::byName).flatMap(Optional::stream).toList();
    }

    /** A model by its built-in name, or the name of a file. */
    private Model open(String name) throws FileException {
        Optional<Model> known = builtIn.byName(name);
        if (known.isPresent()) {
            return known.get();
        }
        Path path = FileNames.path(name);
        if (Files.notExists(path)) {
            throw new FileException(name, "neither a model file nor a built-in model that is still offered; those are: "
                    + String.join(", ", builtIn.names()));
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
            return Model.parse(bytes);
        } catch (FormatException e) {
            throw new FileException(name, e.getMessage() + "; name a safetensors file made by 'bbans train'");
        } catch (IOException e) {
            throw FileException.of(name, e);
        }
    }

    @Override
    public RecordCodec find(ModelReference reference) throws IOException {
        if (reference.embedded() == null && named.isPresent()
                && Arrays.equals(named.get().file().sha256(), reference.sha256())) {
            return named.get().codec();
        }
        return builtIn.find(reference);
    }

    /** What a model codes, for people. */
    public static String describe(ModelSpec spec) {
        return spec.name() + " codes records of " + shape(spec.shape()) + " with " + spec.levels() + " levels";
    }

    /** Extents, slowest first, for people: {@code 32x32x3}. */
    public static String shape(List<Integer> shape) {
        return shape.stream().map(String::valueOf).collect(Collectors.joining("x"));
    }
}
