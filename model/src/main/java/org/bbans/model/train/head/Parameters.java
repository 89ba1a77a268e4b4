package org.bbans.model.train.head;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bbans.model.file.ModelFile;
import org.bbans.model.file.Safetensors;
import org.bbans.model.spec.Description;

/** Where each tensor of a model lies in one flat array of all parameters. */
public final class Parameters {

    private final Description spec;
    private final Map<String, List<Integer>> shapes;
    private final Map<String, Integer> offsets = new LinkedHashMap<>();
    private final int size;

    public Parameters(Description spec) {
        this.spec = spec;
        shapes = spec.tensors();
        int offset = 0;
        for (String name : shapes.keySet()) {
            offsets.put(name, offset);
            offset += length(name);
        }
        size = offset;
    }

    /** The model that they are of. */
    public Description description() {
        return spec;
    }

    /** Names in canonical order. */
    public Iterable<String> names() {
        return shapes.keySet();
    }

    public boolean has(String name) {
        return shapes.containsKey(name);
    }

    public int size() {
        return size;
    }

    public List<Integer> shape(String name) {
        return shapes.get(name);
    }

    public int offset(String name) {
        return offsets.get(name);
    }

    public int length(String name) {
        int length = 1;
        for (int extent : shapes.get(name)) {
            length *= extent;
        }
        return length;
    }

    /** The weights of a model of this layout; if its palette is smaller, the weights of outputs it lacks are zero. */
    public float[] flat(ModelFile file) {
        final float[] weights = new float[size];
        for (String name : names()) {
            final int to = width(shape(name));
            final int from = width(file.description().tensors().get(name));
            final float[] values = file.weights(name);
            for (int row = 0; row < values.length / from; row++) {
                System.arraycopy(values, row * from, weights, offset(name) + row * to, from);
            }
        }
        return weights;
    }

    private static int width(List<Integer> shape) {
        return shape.get(shape.size() - 1);
    }

    /**
     * A model of these weights.
     *
     * @param training the training record, in JSON
     * @param dtype how the weights are rounded and stored
     */
    public ModelFile file(float[] weights, Optional<String> training, Safetensors.DType dtype) {
        final Map<String, float[]> tensors = new LinkedHashMap<>();
        for (String name : names()) {
            tensors.put(name, Arrays.copyOfRange(weights, offset(name), offset(name) + length(name)));
        }
        return ModelFile.of(spec, tensors, training, dtype);
    }
}
