package org.bbans.model.spec;

import java.util.List;
import java.util.Map;
import org.bbans.codec.format.FormatException;

/** What a model file says of its model: of which family it is, what records it codes, which tensors it has. */
public sealed interface Description permits ModelSpec, DiffusionSpec, FlowSpec, SdeSpec {

    /** Which kind of model it is: what codes with it. */
    Family family();

    /** 1 to 64 letters, digits, dots, hyphens and underscores. */
    String name();

    /** Extents of a record, outermost first. */
    List<Integer> shape();

    /** Values that a sample can take. */
    int levels();

    /** The tensors of such a model by name, in canonical order, with their shapes. A weight is {@code [in, out]}. */
    Map<String, List<Integer>> tensors();

    /** Hidden variables of a record. */
    int latents();

    /** Multiply-adds of the networks for one record. */
    long multiplyAdds();

    /** This description as JSON, the value of the metadata key {@code bbans}. */
    String toJson();

    /**
     * Reads a description.
     *
     * @param json the value of the metadata key {@code bbans}
     * @throws FormatException if it is malformed, inconsistent, beyond the limits, or of a newer version
     */
    static Description parse(String json) throws FormatException {
        return ModelSpecJson.read(json);
    }

    /** Samples in a record. */
    default int dims() {
        return shape().stream().reduce(1, (a, b) -> a * b);
    }

    /** Number of parameters. */
    default long parameters() {
        return tensors().values().stream().mapToLong(t -> t.stream().mapToLong(Integer::longValue)
                .reduce(1, (a, b) -> a * b)).sum();
    }
}
