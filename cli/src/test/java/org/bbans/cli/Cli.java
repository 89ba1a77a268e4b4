package org.bbans.cli;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * The outcome of a run of the command.
 *
 * @param code exit code
 * @param bytes standard output
 * @param err standard error
 */
public record Cli(int code, byte[] bytes, String err) {

    /** Runs the command in this process; an argument may be a list of such. */
    public static Cli run(Object... args) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
            String[] strings = strings(List.of(args)).toArray(String[]::new);
            int code = Main.run(strings);
            return new Cli(code, outBytes.toByteArray(), errBytes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    String out() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Starts the command as a process of its own, with its streams as pipes. */
    static Process start(Object... args) throws IOException {
        return builder(Path.of(System.getProperty("java.home")), List.of(), "org.bbans.cli.Main", args).start();
    }

    /** A process builder for a main class on this class path. */
    static ProcessBuilder builder(Path javaHome, List<String> flags, String main, Object... args) {
        List<String> command = new ArrayList<>();
        command.add(javaHome.resolve("bin/java").toString());
        command.add("--add-modules=jdk.incubator.vector");
        command.add("-Xmx1g");
        command.addAll(flags);
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                .replace("\n", File.pathSeparator));
        command.add(main);
        command.addAll(strings(List.of(args)));
        return new ProcessBuilder(command);
    }

    /** Feeds a process, and waits for its end. */
    static Cli finish(Process process, byte[] input) throws Exception {
        CompletableFuture<byte[]> out = CompletableFuture.supplyAsync(() -> drain(process.getInputStream()));
        CompletableFuture<byte[]> err = CompletableFuture.supplyAsync(() -> drain(process.getErrorStream()));
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input);
        } catch (IOException e) {
            // The process ended before it had read everything; its exit code tells why.
            assert process.waitFor() != 0 : e;
        }
        int code = process.waitFor();
        // The virtual machine's own warning, which the launcher hides.
        String text = new String(err.get(), StandardCharsets.UTF_8)
                .replaceFirst("WARNING: Using incubator modules: jdk.incubator.vector\\R", "");
        return new Cli(code, out.get(), text);
    }

    private static byte[] drain(InputStream in) {
        try (in) {
            return in.readAllBytes();
        } catch (IOException e) {
            return new byte[0];
        }
    }

    private static List<String> strings(List<Object> args) {
        return args.stream().flatMap(arg -> arg instanceof List<?> some ? some.stream() : Stream.of(arg))
                .map(String::valueOf).toList();
    }
}
