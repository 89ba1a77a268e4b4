package org.bbans.model.filesystem;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The patterns of {@link java.nio.file.FileSystem#getPathMatcher}. */
final class Glob {

    private static final String META = "\\^$.|?*+()[]{}";

    private Glob() {}

    /**
     * What a pattern matches.
     *
     * @throws PatternSyntaxException if it means nothing
     */
    static Pattern regex(String glob) {
        StringBuilder regex = new StringBuilder();
        boolean choosing = false;
        int next;
        for (int i = 0; i < glob.length(); i = next) {
            int c = glob.codePointAt(i);
            next = i + Character.charCount(c);
            if (c == '\\') {
                if (next == glob.length()) {
                    throw new PatternSyntaxException("nothing behind the last \\", glob, i);
                }
                int escaped = glob.codePointAt(next);
                literal(regex, escaped);
                next += Character.charCount(escaped);
            } else if (c == '*') {
                boolean two = next < glob.length() && glob.charAt(next) == '*';
                regex.append(two ? ".*" : "[^/]*");
                next += two ? 1 : 0;
            } else if (c == '?') {
                regex.append("[^/]");
            } else if (c == '[') {
                next = bracket(regex, glob, i);
            } else if (c == '{') {
                if (choosing) {
                    throw new PatternSyntaxException("a { inside of another", glob, i);
                }
                choosing = true;
                regex.append("(?:(?:");
            } else if (c == '}' && choosing) {
                choosing = false;
                regex.append("))");
            } else if (c == ',' && choosing) {
                regex.append(")|(?:");
            } else {
                literal(regex, c);
            }
        }
        if (choosing) {
            throw new PatternSyntaxException("no } for a {", glob, glob.length());
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    /**
     * One of some characters, or none of them, but never a slash.
     *
     * @return index behind the bracket's end
     */
    private static int bracket(StringBuilder regex, String glob, int start) {
        int i = start + 1;
        boolean not = i < glob.length() && glob.charAt(i) == '!';
        i += not ? 1 : 0;
        int end = glob.indexOf(']', i + 1);
        if (end < 0 || glob.substring(i, end).contains("/")) {
            throw new PatternSyntaxException(end < 0 ? "no ] for a [" : "a / between [ and ]", glob, start);
        }
        regex.append("[[^/]&&[").append(not ? "^" : "");
        int first = i;
        while (i < end) {
            int c = glob.codePointAt(i);
            boolean range = c == '-' && i > first && i + 1 < end;
            regex.append(range || c >= 0x80 || Character.isLetterOrDigit(c) ? "" : "\\").appendCodePoint(c);
            i += Character.charCount(c);
        }
        regex.append("]]");
        return end + 1;
    }

    private static void literal(StringBuilder regex, int c) {
        regex.append(META.indexOf(c) >= 0 ? "\\" : "").appendCodePoint(c);
    }
}
