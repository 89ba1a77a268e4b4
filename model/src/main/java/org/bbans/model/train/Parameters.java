package org.bbans.model.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bbans.model.spec.ModelSpec;

/** Where each tensor of a model lies in one flat array of all parameters. */
final class Parameters {

    private final Map<String, List<Integer>> shapes;
    private final Map<String, Integer> offsets = new LinkedHashMap<>();
    private final int size;

    Parameters(ModelSpec spec) {
        shapes = spec.tensors();
        int offset = 0;
        for (String name : shapes.keySet()) {
            offsets.put(name, offset);
            offset += length(name);
        }
        size = offset;
    }

    /** Names in canonical order. */
    Iterable<String> names() {
        return shapes.keySet();
    }

    boolean has(String name) {
        return shapes.containsKey(name);
    }

    int size() {
        return size;
    }

    List<Integer> shape(String name) {
        return shapes.get(name);
    }

    int offset(String name) {
        return offsets.get(name);
    }

    int length(String name) {
        int length = 1;
        for (int extent : shapes.get(name)) {
            length *= extent;
        }
        return length;
    }
}
