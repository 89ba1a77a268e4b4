package org.bbans.cli.io;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;

/**
 * Names of files in any bytes and in any locale. Java decodes the command line, and encodes names again, with the
 * locale's character set, which loses every byte that does not belong to it. So the command line is read again where
 * the system shows its bytes: as UTF-8, in which a byte that is none of a character becomes the lone surrogate
 * {@code U+DC00 + byte}, as in Python. Such a name leads to its file by a URI, which can say any byte.
 */
public final class FileNames {

    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    /** The working directory, whatever its name. */
    private static final String WORKING_DIRECTORY = "/proc/self/cwd/";
    private static final char ESCAPE = '\uDC00';
    private static final char LOST = '\uFFFD';

    private FileNames() {}

    /** The arguments, with their own bytes if Java has lost some of them and the system can tell. */
    public static String[] restore(String[] args) {
        if (Arrays.stream(args).allMatch(FileNames::isKept) || !Files.isReadable(COMMAND_LINE)) {
            return args;
        }
        try {
            List<String> all = split(Files.readAllBytes(COMMAND_LINE));
            List<String> last = all.subList(Math.max(0, all.size() - args.length), all.size());
            return last.size() == args.length ? last.toArray(String[]::new) : args;
        } catch (IOException e) {
            return args;
        }
    }

    /** Whether Java has certainly decoded an argument as it was meant. */
    private static boolean isKept(String argument) {
        return argument.chars().allMatch(c -> c < 0x80)
                || argument.indexOf(LOST) < 0 && nameCharset().equals(StandardCharsets.UTF_8);
    }

    private static Charset nameCharset() {
        String name = System.getProperty("sun.jnu.encoding");
        return name != null && Charset.isSupported(name) ? Charset.forName(name) : Charset.defaultCharset();
    }

    private static List<String> split(byte[] zeroTerminated) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < zeroTerminated.length; i++) {
            if (zeroTerminated[i] == 0) {
                parts.add(decode(Arrays.copyOfRange(zeroTerminated, start, i)));
                start = i + 1;
            }
        }
        return parts;
    }

    /** UTF-8 with lone surrogates for bytes that are none of a character. */
    static String decode(byte[] bytes) {
        CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < bytes.length;) {
            int length = Math.min(characterLength(bytes[at]), bytes.length - at);
            try {
                text.append(utf8.decode(ByteBuffer.wrap(bytes, at, length)));
                at += length;
            } catch (CharacterCodingException e) {
                text.append((char) (ESCAPE + (bytes[at++] & 0xFF)));
            }
        }
        return text.toString();
    }

    private static int characterLength(byte first) {
        return first >= 0 ? 1 : (first & 0xE0) == 0xC0 ? 2 : (first & 0xF0) == 0xE0 ? 3 : 4;
    }

    /** The bytes that {@link #decode} was given. */
    static byte[] encode(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        name.codePoints().forEach(c -> {
            if (c >= ESCAPE + 0x80 && c <= ESCAPE + 0xFF) {
                bytes.write(c - ESCAPE);
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }

    /** Whether the system has these characters in names as UTF-8 has them. */
    private static boolean isSpeakable(String name) {
        return name.chars().allMatch(c -> c < 0x80)
                || nameCharset().equals(StandardCharsets.UTF_8) && StandardCharsets.UTF_8.newEncoder().canEncode(name);
    }

    /**
     * A path as a user would name it, whatever the bytes of its names, with slashes between them: of a link's target
     * as well as of a file.
     */
    public static String name(Path path) {
        String text = path.toString();
        if (File.separatorChar == '\\') {
            return text.replace('\\', '/');
        }
        if (isSpeakable(text) && text.indexOf(LOST) < 0) {
            return text;
        }
        StringJoiner names = new StringJoiner("/", path.isAbsolute() ? "/" : "", "");
        for (Path one : path) {
            names.add(decode(lastBytes(one.toUri())));
        }
        String name = names.toString();
        return name.startsWith(WORKING_DIRECTORY) ? name.substring(WORKING_DIRECTORY.length()) : name;
    }

    /** The bytes of the last name of a file's URI, which has all of them. */
    private static byte[] lastBytes(URI uri) {
        String escaped = uri.getRawPath();
        int end = escaped.endsWith("/") ? escaped.length() - 1 : escaped.length();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = escaped.lastIndexOf('/', end - 1) + 1; i < end; i++) {
            boolean isEscape = escaped.charAt(i) == '%';
            bytes.write(isEscape ? Integer.parseInt(escaped, i + 1, i + 3, 16) : escaped.charAt(i));
            i += isEscape ? 2 : 0;
        }
        return bytes.toByteArray();
    }

    /** The path of a file that the user names. */
    public static Path path(String name) {
        boolean lost = System.getProperty("user.dir").indexOf(LOST) >= 0;
        if (lost && !name.startsWith("/") && Files.isDirectory(Path.of(WORKING_DIRECTORY))) {
            return absolute(WORKING_DIRECTORY + name);
        }
        return exact(name);
    }

    /** The path of this name, relative to nothing if it does not begin with a slash; for {@link Path#resolve}. */
    static Path exact(String name) {
        if (isSpeakable(name) || File.separatorChar == '\\') {
            return Path.of(name);
        }
        Path absolute = absolute(name.startsWith("/") ? name : "/" + name);
        return name.startsWith("/") ? absolute : absolute.subpath(0, absolute.getNameCount());
    }

    /** By a URI, which can say any byte. */
    private static Path absolute(String name) {
        StringBuilder uri = new StringBuilder("file://");
        for (byte b : encode(name)) {
            if (b == '/') {
                uri.append('/');
            } else {
                uri.append(String.format("%%%02X", b & 0xFF));
            }
        }
        return Path.of(URI.create(uri.toString()));
    }
}
