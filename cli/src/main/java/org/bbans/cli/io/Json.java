package org.bbans.cli.io;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;

/** Prints maps, lists, records and numbers as JSON. */
public final class Json {

    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().serializeNulls().create();

    private Json() {}

    public static void print(Object value) {
        System.out.println(GSON.toJson(value));
    }
}
