package org.bbans.model.spec;

import com.google.gson.JsonObject;
import org.bbans.codec.format.FormatException;

/** {@link FlowSpec} as JSON. */
final class FlowSpecJson {

    private FlowSpecJson() {}

    static String write(FlowSpec spec) {
        final JsonObject root = new JsonObject();
        root.addProperty("version", ModelSpec.VERSION);
        root.addProperty("family", spec.family().label());
        root.addProperty("name", spec.name());
        root.add("shape", ModelSpecJson.array(spec.shape()));
        root.add("even", ModelSpecJson.array(spec.even()));
        root.add("odd", ModelSpecJson.array(spec.odd()));
        root.addProperty("channels", spec.channels());
        root.addProperty("blocks", spec.blocks());
        if (spec.activation() != Activation.ELU) {
            root.addProperty("activation", spec.activation().label());
        }
        return root.toString();
    }

    static FlowSpec read(JsonObject root) throws FormatException {
        ModelSpecJson.members(root, "description", "version", "family", "name", "shape", "even", "odd", "channels",
                "blocks", "activation");
        return new FlowSpec(ModelSpecJson.string(root, "name"), ModelSpecJson.integers(root, "shape"),
                ModelSpecJson.integers(root, "even", FlowSpec.MAX_COUPLINGS),
                ModelSpecJson.integers(root, "odd", FlowSpec.MAX_COUPLINGS),
                ModelSpecJson.integer(root, "channels"), ModelSpecJson.integer(root, "blocks"),
                ModelSpecJson.activation(root));
    }
}
