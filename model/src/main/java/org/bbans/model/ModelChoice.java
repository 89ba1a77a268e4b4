package org.bbans.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bbans.codec.format.ArchiveModel;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.model.image.ImageCodec;
import org.bbans.model.image.ImageModel;
import org.bbans.model.spec.Description;

/**
 * The models that a compressor may use. Immutable.
 *
 * @param records models of records to choose from
 * @param images models of images to choose from, for what no model of records fits or codes better
 * @param required whether one of them has to be used, and not only where it helps
 * @param embedded whether archives have to need nothing else: the model is put into them, or none is used where that is
 *     not larger
 */
public record ModelChoice(List<Model> records, List<ImageCodec> images, boolean required, boolean embedded) {

    /** No models: everything is coded with LZMA2 or stored. */
    public static final ModelChoice NONE = new ModelChoice(List.of(), List.of(), false, false);

    /**
     * Checks that there is a model where one is required.
     *
     * @throws IllegalArgumentException if there is none
     */
    public ModelChoice {
        records = List.copyOf(records);
        images = List.copyOf(images);
        if (required && records.isEmpty() && images.isEmpty()) {
            throw new IllegalArgumentException("no model to require");
        }
    }

    /** This model and no other, which must fit the records. */
    public static ModelChoice only(Model model) {
        return new ModelChoice(List.of(model), List.of(), true, false);
    }

    /** This model and no other, which must fit the images. */
    public static ModelChoice only(ImageCodec model) {
        return new ModelChoice(List.of(), List.of(model), true, false);
    }

    /**
     * The model in a file, of whichever kind, and no other.
     *
     * @throws FormatException if it is no model file, or if this program cannot code with it
     */
    public static ModelChoice read(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(ModelReference.MAX_EMBEDDED_BYTES + 1);
        }
        if (bytes.length > ModelReference.MAX_EMBEDDED_BYTES) {
            throw new UnsupportedArchiveException("is too large for a model");
        }
        return ImageModel.isImageModel(bytes) ? only(ImageCodec.parse(bytes)) : only(Model.parse(bytes));
    }

    /** These models, with or without putting the one that is used into the archive. */
    public ModelChoice withEmbedded(boolean on) {
        return new ModelChoice(records, images, required, on);
    }

    /** What the first of these codes, for people. */
    String describe() {
        if (records.isEmpty()) {
            return images.get(0).name() + " " + images.get(0).misfit(Layout.NONE);
        }
        Description spec = records.get(0).description();
        return spec.name() + " codes records of " + spec.shape().stream().map(String::valueOf)
                .collect(Collectors.joining("x")) + " with " + spec.levels() + " levels";
    }

    /**
     * Finds the models of archives among these, and those that are embedded or none of these among others. Where it is
     * nowhere, the first of these is what the message calls the wrong one.
     */
    public ModelSource orElse(ModelSource others) {
        List<ArchiveModel> codecs =
                Stream.<ArchiveModel>concat(records.stream().map(Model::codec), images.stream()).toList();
        return reference -> {
            for (ArchiveModel codec : codecs) {
                if (reference.embedded() == null && Arrays.equals(codec.sha256(), reference.sha256())) {
                    return codec;
                }
            }
            ArchiveModel other = others.find(reference);
            return other != null || codecs.isEmpty() ? other : codecs.get(0);
        };
    }
}
