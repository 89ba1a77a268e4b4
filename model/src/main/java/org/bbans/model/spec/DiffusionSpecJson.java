package org.bbans.model.spec;

import com.google.gson.JsonObject;
import org.bbans.codec.format.FormatException;

/** {@link DiffusionSpec} as JSON. */
final class DiffusionSpecJson {

    private DiffusionSpecJson() {}

    static String write(DiffusionSpec spec) {
        final JsonObject root = new JsonObject();
        root.addProperty("version", ModelSpec.VERSION);
        root.addProperty("family", spec.family().label());
        root.addProperty("name", spec.name());
        root.add("shape", ModelSpecJson.array(spec.shape()));
        root.addProperty("steps", spec.steps());
        root.addProperty("channels", spec.channels());
        root.addProperty("blocks", spec.blocks());
        root.addProperty("rank", spec.rank());
        if (spec.activation() != Activation.ELU) {
            root.addProperty("activation", spec.activation().label());
        }
        return root.toString();
    }

    static DiffusionSpec read(JsonObject root) throws FormatException {
        ModelSpecJson.members(root, "description", "version", "family", "name", "shape", "steps", "channels", "blocks",
                "rank", "activation");
        return new DiffusionSpec(ModelSpecJson.string(root, "name"), ModelSpecJson.integers(root, "shape"),
                ModelSpecJson.integer(root, "steps"), ModelSpecJson.integer(root, "channels"),
                ModelSpecJson.integer(root, "blocks"), ModelSpecJson.integer(root, "rank"),
                ModelSpecJson.activation(root));
    }
}
