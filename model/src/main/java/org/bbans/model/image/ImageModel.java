package org.bbans.model.image;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.FormatException;
import org.bbans.model.file.Safetensors;
import org.bbans.model.spec.SpecChecks;

/**
 * The networks that coding begins with: a safetensors file with the metadata {@code family}: {@value #FAMILY}. For each
 * head of {@link ImageHead}, here {@code H}, it has the tensors {@code H.hidden1.weight} [inputs, hidden],
 * {@code H.hidden1.bias} [hidden], {@code H.hidden2.weight} [hidden, hidden], {@code H.hidden2.bias} [hidden],
 * {@code H.output.weight} [hidden, outputs] and {@code H.output.bias}
 * [outputs], where outputs is three times the number of logistics.
 */
public final class ImageModel {

    /** Value of the metadata {@code family}. */
    public static final String FAMILY = "image";

    private final String name;
    private final ImageShape shape;
    private final Map<ImageHead, float[]> parameters;
    private final Optional<String> training;

    private ImageModel(String name, ImageShape shape, Map<ImageHead, float[]> parameters, Optional<String> training) {
        this.name = name;
        this.shape = shape;
        this.parameters = parameters;
        this.training = training;
    }

    /**
     * Reads a model file.
     *
     * @throws FormatException if it is no image model, or if a tensor is missing, superfluous, of another shape or not
     *     finite
     */
    public static ImageModel parse(byte[] file) throws FormatException {
        final Safetensors tensors = Safetensors.read(file);
        final Map<String, String> metadata = tensors.metadata();
        if (!FAMILY.equals(metadata.get("family"))) {
            throw new CorruptArchiveException("model file: not a model of the family " + FAMILY);
        }
        final ImageShape shape = ImageShape.read(metadata);
        final Map<ImageHead, float[]> parameters = new EnumMap<>(ImageHead.class);
        int used = 0;
        for (ImageHead head : ImageHead.values()) {
            final float[] to = new float[HeadLearner.size(head.paddedInputs(), shape)];
            int at = 0;
            for (Part part : parts(head, shape)) {
                final Safetensors.Tensor t = tensors.tensors().get(part.name);
                if (t == null || !t.shape().equals(part.shape)) {
                    throw new CorruptArchiveException("model file: tensor " + part.name + " must have shape "
                            + part.shape + (t == null ? ", it is missing" : ", not " + t.shape()));
                }
                at = part.unpack(t.values(), to, at);
                used++;
            }
            parameters.put(head, to);
        }
        if (used != tensors.tensors().size()) {
            throw new CorruptArchiveException("model file: it holds tensors that an image model does not have");
        }
        return new ImageModel(name(metadata), shape, parameters, Optional.ofNullable(metadata.get("training")));
    }

    private static String name(Map<String, String> metadata) throws CorruptArchiveException {
        final String name = metadata.getOrDefault("name", FAMILY);
        try {
            SpecChecks.name(name);
            return name;
        } catch (IllegalArgumentException e) {
            throw new CorruptArchiveException("model file: " + e.getMessage());
        }
    }

    /** Whether a file says that it holds an image model. */
    public static boolean isImageModel(byte[] file) throws FormatException {
        return FAMILY.equals(Safetensors.read(file).metadata().get("family"));
    }

    /** A model from its parts; the parameters are laid out as {@link HeadLearner} has them. */
    static ImageModel of(String name, ImageShape shape, Map<ImageHead, float[]> parameters) {
        final Map<ImageHead, float[]> copies = new EnumMap<>(ImageHead.class);
        parameters.forEach((head, values) -> copies.put(head, values.clone()));
        return new ImageModel(name, shape, copies, Optional.empty());
    }

    /**
     * The model's file, with numbers of 16 bits.
     *
     * @param record of how it was trained
     */
    public byte[] toBytes(String record) {
        return toBytes(Map.of("training", record), Safetensors.DType.F16);
    }

    /** The model's file. Reading it gives weights rounded to {@code type}. */
    byte[] toBytes(Map<String, String> more, Safetensors.DType type) {
        final Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("family", FAMILY);
        metadata.put("name", name);
        shape.write(metadata);
        metadata.putAll(more);
        final Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        for (ImageHead head : ImageHead.values()) {
            int at = 0;
            for (Part part : parts(head, shape)) {
                final float[] values = new float[part.rows * part.columns];
                for (int i = 0; i < part.rows; i++) {
                    System.arraycopy(parameters.get(head), at + i * part.width, values, i * part.columns, part.columns);
                }
                at += part.paddedRows * part.width;
                tensors.put(part.name, new Safetensors.Tensor(type, part.shape, values));
            }
        }
        return new Safetensors(metadata, tensors).toBytes();
    }

    /** Name of the model. */
    public String name() {
        return name;
    }

    /** The model's sizes. */
    public ImageShape shape() {
        return shape;
    }

    /** The record of how it was trained, if it has one. */
    public Optional<String> training() {
        return training;
    }

    /** Number of parameters. */
    public long parameters() {
        long sum = 0;
        for (ImageHead head : ImageHead.values()) {
            for (Part part : parts(head, shape)) {
                sum += (long) part.rows * part.columns;
            }
        }
        return sum;
    }

    /** A copy of the parameters of a head, as {@link HeadLearner} has them. */
    float[] parameters(ImageHead head) {
        return parameters.get(head).clone();
    }

    /** A tensor's place in the parameters: rows of {@code width} numbers, of which {@code columns} are stored. */
    private record Part(String name, int rows, int paddedRows, int columns, int width, List<Integer> shape) {

        int unpack(float[] from, float[] to, int at) throws CorruptArchiveException {
            for (float v : from) {
                if (!Float.isFinite(v)) {
                    throw new CorruptArchiveException(
                            "model file: tensor " + name + " has a weight that is not finite");
                }
            }
            for (int i = 0; i < rows; i++) {
                System.arraycopy(from, i * columns, to, at + i * width, columns);
            }
            return at + paddedRows * width;
        }
    }

    private static List<Part> parts(ImageHead head, ImageShape shape) {
        final int hidden = shape.hidden();
        final int outputs = shape.outputs();
        final int width = shape.paddedOutputs();
        final List<Part> parts = new ArrayList<>();
        final String h = head.tensorName();
        parts.add(new Part(h + ".hidden1.weight", head.inputs(), head.paddedInputs(), hidden, hidden,
                List.of(head.inputs(), hidden)));
        parts.add(new Part(h + ".hidden1.bias", 1, 1, hidden, hidden, List.of(hidden)));
        parts.add(new Part(h + ".hidden2.weight", hidden, hidden, hidden, hidden, List.of(hidden, hidden)));
        parts.add(new Part(h + ".hidden2.bias", 1, 1, hidden, hidden, List.of(hidden)));
        parts.add(new Part(h + ".output.weight", hidden, hidden, outputs, width, List.of(hidden, outputs)));
        parts.add(new Part(h + ".output.bias", 1, 1, outputs, width, List.of(outputs)));
        return parts;
    }
}
