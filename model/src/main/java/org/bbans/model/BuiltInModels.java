package org.bbans.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bbans.codec.format.ArchiveModel;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.ModelSource;
import org.bbans.model.file.BytePlanes;
import org.bbans.model.file.ModelFile;
import org.bbans.model.image.ImageCodec;
import org.bbans.model.image.ImageModel;
import org.bbans.model.spec.Description;

/**
 * The models that come with the program: the resource {@code builtin/index} has a line for each,
 * {@code NAME SHA-256 LEVELS EXTENT,EXTENT,...}, so that a search need not open any; {@code NAME.planes}, which the
 * build makes of {@code NAME.safetensors} ({@link BytePlanes}), lies beside it and is read when it is asked for. A
 * fifth field, {@code superseded}, keeps a model for the archives that were made with it and offers it to no one else.
 */
public final class BuiltInModels implements ModelSource {

    private static final String FOLDER = "builtin/";

    private final Map<String, Model> loaded = new ConcurrentHashMap<>();
    private final Map<String, ImageCodec> loadedImages = new ConcurrentHashMap<>();
    private final List<Entry> entries;
    /** Names of the image models by their SHA-256. */
    private final Map<String, String> images;

    private record Entry(String name, String sha256, int levels, List<Integer> shape, boolean offered) {}

    /** Reads the index. */
    public BuiltInModels() {
        final List<Entry> list = new ArrayList<>();
        final Map<String, String> ofImages = new LinkedHashMap<>();
        for (String line : read("index").map(b -> new String(b, StandardCharsets.UTF_8)).orElse("").split("\n")) {
            final String trimmed = line.strip();
            final String[] field = trimmed.split(" +");
            if (field.length == 3 && field[2].equals(ImageModel.FAMILY)) {
                ofImages.put(field[1], field[0]);
            } else if (!trimmed.isEmpty() && !trimmed.startsWith("#")) {
                list.add(entry(trimmed));
            }
        }
        entries = List.copyOf(list);
        images = Collections.unmodifiableMap(ofImages);
    }

    /** All that are offered, those of records and those of images, each where it helps. */
    public ModelChoice all() {
        return new ModelChoice(names().stream().map(this::load).toList(), images(), false, false);
    }

    /** All models of images, in the order of the index. */
    public List<ImageCodec> images() {
        return imageNames().stream().map(this::loadImages).toList();
    }

    /** The offered model of that name, of whichever kind, and no other. */
    public Optional<ModelChoice> choice(String name) {
        return byName(name).map(ModelChoice::only).or(() -> imagesByName(name).map(ModelChoice::only));
    }

    /** Names of all models that are offered, for a message. */
    public String describeNames() {
        return String.join(", ", names()) + ", " + String.join(", ", imageNames());
    }

    /** Names of the models of records that are offered, in the order of the index. */
    public List<String> names() {
        return entries.stream().filter(Entry::offered).map(Entry::name).toList();
    }

    /** The offered model of that name. */
    public Optional<Model> byName(String name) {
        return names().contains(name) ? Optional.of(load(name)) : Optional.empty();
    }

    /** The model whose file has that SHA-256, superseded or not. */
    public Optional<Model> bySha256(byte[] sha256) {
        final String hex = HexFormat.of().formatHex(sha256);
        return entries.stream().filter(e -> e.sha256().equals(hex)).findFirst().map(e -> load(e.name()));
    }

    /** Names of the models for images of any size, in the order of the index. */
    public List<String> imageNames() {
        return List.copyOf(images.values());
    }

    /** The model for images of that name. */
    public Optional<ImageCodec> imagesByName(String name) {
        return images.containsValue(name) ? Optional.of(loadImages(name)) : Optional.empty();
    }

    /** The codec of an archive's model: the one that the archive embeds, or a built-in one; null if it is neither. */
    @Override
    public ArchiveModel find(ModelReference reference) throws FormatException {
        if (reference.embedded() != null && ImageModel.isImageModel(reference.embedded())) {
            return ImageCodec.parse(reference.embedded());
        }
        final String image = images.get(HexFormat.of().formatHex(reference.sha256()));
        if (reference.embedded() == null && image != null) {
            return loadImages(image);
        }
        if (reference.embedded() != null) {
            return Model.parse(reference.embedded()).codec();
        }
        return bySha256(reference.sha256()).map(Model::codec).orElse(null);
    }

    /** The offered models for records of that shape and number of levels, in the order of the index. */
    public List<Model> candidates(List<Integer> shape, int levels) {
        final List<Model> models = new ArrayList<>();
        for (Entry e : entries) {
            if (e.offered() && e.levels() == levels && e.shape().equals(shape)) {
                models.add(load(e.name()));
            }
        }
        return models;
    }

    /** The line of the index for a model. */
    public static String indexLine(ModelFile model) {
        final Description spec = model.description();
        final List<String> extents = spec.shape().stream().map(String::valueOf).toList();
        return spec.name() + " " + HexFormat.of().formatHex(model.sha256()) + " " + spec.levels() + " "
                + String.join(",", extents);
    }

    private static Entry entry(String line) {
        final String[] field = line.split(" +");
        if (field.length != 4 && !(field.length == 5 && field[4].equals("superseded"))) {
            throw new IllegalStateException("malformed line in the index of built-in models: " + line);
        }
        final List<Integer> shape = new ArrayList<>();
        for (String extent : field[3].split(",")) {
            shape.add(Integer.valueOf(extent));
        }
        return new Entry(field[0], field[1], Integer.parseInt(field[2]), List.copyOf(shape),
                field.length == 4);
    }

    private ImageCodec loadImages(String name) {
        return loadedImages.computeIfAbsent(name, n -> {
            try {
                return ImageCodec.parse(read(n + BytePlanes.SUFFIX).map(BytePlanes::join)
                        .orElseThrow(() -> new IllegalStateException("built-in model " + n + " is missing")));
            } catch (FormatException e) {
                throw new IllegalStateException("built-in model " + n + " is damaged: " + e.getMessage(), e);
            }
        });
    }

    private Model load(String name) {
        return loaded.computeIfAbsent(name, n -> {
            try {
                return Model.parse(read(n + BytePlanes.SUFFIX).map(BytePlanes::join)
                        .orElseThrow(() -> new IllegalStateException("built-in model " + n + " is missing")));
            } catch (FormatException e) {
                throw new IllegalStateException("built-in model " + n + " is damaged: " + e.getMessage(), e);
            }
        });
    }

    private static Optional<byte[]> read(String resource) {
        try (InputStream in = BuiltInModels.class.getResourceAsStream(FOLDER + resource)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }
}
