package org.bbans.cli.io;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.nio.charset.Charset;
import java.util.Optional;

/**
 * Standard output whose failures are known in the end, and standard error as the launcher passes it: the Java virtual
 * machine prints a warning about the incubator module there before anything can stop it, so it is started with that
 * descriptor closed off, and the real one as another number.
 */
public final class StandardStreams {

    private static final String ERROR_NUMBER = "bbans.stderr";

    private static Output output;

    private StandardStreams() {}

    /** Puts both in the place of Java's own. */
    public static void install() {
        output = new Output(new FileOutputStream(FileDescriptor.out));
        System.setOut(new PrintStream(new BufferedOutputStream(output), false, Charset.defaultCharset()));
        Integer number = Integer.getInteger(ERROR_NUMBER);
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
            Messages.error("standard error cannot be restored: " + e);
        }
    }

    /** Writes what is left to standard output; what has gone wrong there since {@link #install}, if anything. */
    public static Optional<FileException> finish() {
        System.out.flush();
        return Optional.ofNullable(output).map(o -> o.failure).map(e -> FileException.of("standard output", e));
    }

    /** Remembers the first failure, about which a {@link PrintStream} does not speak. */
    private static final class Output extends OutputStream {

        private final OutputStream out;
        private IOException failure;

        Output(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            try {
                out.write(b, off, len);
            } catch (IOException e) {
                failure = failure == null ? e : failure;
                throw e;
            }
        }
    }
}
