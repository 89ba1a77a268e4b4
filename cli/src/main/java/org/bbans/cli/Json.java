package org.bbans.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;

/** Prints maps, lists, records and numbers as JSON. */
final class Json {

    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().serializeNulls().create();

    private Json() {
    }

    static void print(Object value) {
        System.out.println(GSON.toJson(value));
    }
}
