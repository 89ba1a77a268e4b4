package org.bbans.model.spec;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.io.StringReader;
import java.util.HashSet;
import java.util.Set;
import org.bbans.codec.format.CorruptArchiveException;

/**
 * JSON as RFC 8259 has it, no member of an object twice: what else Gson takes, another decoder may refuse or read as
 * another network.
 */
public final class StrictJson {

    private StrictJson() {}

    /**
     * Parses a text, which is nested at most as deep as Gson allows by itself.
     *
     * @param what the text, for messages; nothing of the text itself gets into them, for it may be hostile
     */
    public static JsonElement parse(String what, String json) throws CorruptArchiveException {
        try (JsonReader in = new JsonReader(new StringReader(json))) {
            in.setStrictness(Strictness.STRICT);
            check(what, in);
            if (in.peek() != JsonToken.END_DOCUMENT) {
                throw new MalformedJsonException("more than one value");
            }
        } catch (CorruptArchiveException e) {
            throw e;
        } catch (IOException e) {
            throw new CorruptArchiveException(what + " is not JSON", e);
        }
        return JsonParser.parseString(json);
    }

    private static void check(String what, JsonReader in) throws IOException {
        switch (in.peek()) {
            case BEGIN_OBJECT -> {
                final Set<String> names = new HashSet<>();
                in.beginObject();
                while (in.hasNext()) {
                    if (!names.add(in.nextName())) {
                        throw new CorruptArchiveException(what + " has a member twice");
                    }
                    check(what, in);
                }
                in.endObject();
            }
            case BEGIN_ARRAY -> {
                in.beginArray();
                while (in.hasNext()) {
                    check(what, in);
                }
                in.endArray();
            }
            case STRING -> in.nextString();
            default -> in.skipValue();
        }
    }
}
