package org.bbans.model.file;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.FormatException;
import org.bbans.model.spec.Description;
import org.bbans.model.spec.ModelSpec;

/**
 * A model file: a {@link Safetensors} file whose metadata describes the architecture under {@code bbans} and, if it was
 * trained by this program, how it came to be under {@code training}.
 */
public final class ModelFile {

    /** Metadata key of the {@link Description}. */
    public static final String SPEC_KEY = "bbans";
    /** Metadata key of the training record, a JSON object. */
    public static final String TRAINING_KEY = "training";

    private final Description description;
    private final Optional<String> training;
    private final Map<String, float[]> weights;
    private final byte[] bytes;
    private final byte[] sha256;

    private ModelFile(Description description, Optional<String> training, Map<String, float[]> weights, byte[] bytes) {
        this.description = description;
        this.training = training;
        this.weights = weights;
        this.bytes = bytes;
        this.sha256 = Checksums.sha256(bytes);
    }

    /**
     * Reads a model file and checks its tensors against its description.
     *
     * @param bytes the whole file
     * @throws FormatException if it is malformed, if a tensor is missing, superfluous or of another shape, or if a
     *     weight is not finite
     */
    public static ModelFile parse(byte[] bytes) throws FormatException {
        final byte[] copy = bytes.clone();
        final Safetensors file = Safetensors.read(copy);
        final String json = file.metadata().get(SPEC_KEY);
        if (json == null) {
            throw new CorruptArchiveException("model file: no description of a model in the metadata (key \"" + SPEC_KEY
                    + "\")");
        }
        final Description description = Description.parse(json);
        return new ModelFile(description, Optional.ofNullable(file.metadata().get(TRAINING_KEY)),
                checked(description, file), copy);
    }

    /**
     * A model file from its parts.
     *
     * @param weights the tensors that {@link Description#tensors} names, row-major
     * @param training the training record, JSON
     * @param dtype how the weights are stored; the model computes with what is stored
     * @throws IllegalArgumentException if the weights do not fit the description
     */
    public static ModelFile of(Description description, Map<String, float[]> weights, Optional<String> training,
            Safetensors.DType dtype) {
        final Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(SPEC_KEY, description.toJson());
        training.ifPresent(t -> metadata.put(TRAINING_KEY, t));
        final Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, List<Integer>> t : description.tensors().entrySet()) {
            final float[] values = weights.get(t.getKey());
            if (values == null) {
                throw new IllegalArgumentException("no weights for " + t.getKey());
            }
            tensors.put(t.getKey(), new Safetensors.Tensor(dtype, t.getValue(), values));
        }
        try {
            return parse(new Safetensors(metadata, tensors).toBytes());
        } catch (FormatException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** What it says of the model. */
    public Description description() {
        return description;
    }

    /**
     * The architecture of a model of the family {@link org.bbans.model.spec.Family#VAE}.
     *
     * @throws IllegalStateException if it is of another family
     */
    public ModelSpec spec() {
        if (description instanceof ModelSpec spec) {
            return spec;
        }
        throw new IllegalStateException("a model of the family " + description.family());
    }

    /** How the model was trained, JSON. */
    public Optional<String> training() {
        return training;
    }

    /** The file. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** Size of the file in bytes. */
    public int sizeInBytes() {
        return bytes.length;
    }

    /** SHA-256 of the file: the model's identity. */
    public byte[] sha256() {
        return sha256.clone();
    }

    /** The numbers of one tensor; not a copy. */
    public float[] weights(String tensor) {
        return weights.get(tensor);
    }

    private static Map<String, float[]> checked(Description description, Safetensors file)
            throws CorruptArchiveException {
        final Map<String, List<Integer>> expected = description.tensors();
        if (file.tensors().size() > expected.size()) {
            throw new CorruptArchiveException("model file: it holds tensors that its description does not name");
        }
        final Map<String, float[]> weights = new LinkedHashMap<>();
        for (Map.Entry<String, List<Integer>> e : expected.entrySet()) {
            final Safetensors.Tensor tensor = file.tensors().get(e.getKey());
            if (tensor == null || !tensor.shape().equals(e.getValue())) {
                throw new CorruptArchiveException("model file: tensor " + e.getKey() + " must have shape "
                        + e.getValue()
                        + (tensor == null ? ", it is missing" : ", not " + tensor.shape()));
            }
            for (float v : tensor.values()) {
                if (!Float.isFinite(v)) {
                    throw new CorruptArchiveException("model file: tensor " + e.getKey()
                            + " has a weight that is not finite");
                }
            }
            weights.put(e.getKey(), tensor.values());
        }
        return weights;
    }
}
