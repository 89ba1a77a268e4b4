package org.bbans.cli.io;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.nio.charset.Charset;

/**
 * Gives standard error back. The Java virtual machine prints a warning about the incubator module there before anything
 * can stop it; so the launcher starts it with that descriptor closed off, and the real one as number 3.
 */
public final class StandardError {

    private static final String PROPERTY = "bbans.stderr";

    private StandardError() {
    }

    public static void restore() {
        Integer number = Integer.getInteger(PROPERTY);
        if (number == null) {
            return;
        }
        try {
            // Needs --add-opens java.base/java.io=ALL-UNNAMED, which the launcher gives.
            Constructor<FileDescriptor> constructor = FileDescriptor.class.getDeclaredConstructor(int.class);
            constructor.setAccessible(true);
            FileOutputStream stream = new FileOutputStream(constructor.newInstance(number));
            System.setErr(new PrintStream(stream, true, Charset.defaultCharset()));
        } catch (ReflectiveOperationException | RuntimeException e) {
            System.err.println("bbans: standard error cannot be restored: " + e);
        }
    }
}
