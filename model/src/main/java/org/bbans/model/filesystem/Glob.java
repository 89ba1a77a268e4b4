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
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (c == '\\') {
                i++;
                if (i == glob.length()) {
                    throw new PatternSyntaxException("nothing behind the last \\", glob, i - 1);
                }
                literal(regex, glob.charAt(i));
            } else if (c == '*') {
                boolean two = i + 1 < glob.length() && glob.charAt(i + 1) == '*';
                regex.append(two ? ".*" : "[^/]*");
                i += two ? 1 : 0;
            } else if (c == '?') {
                regex.append("[^/]");
            } else if (c == '[') {
                i = bracket(regex, glob, i);
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

    /** One of some characters, or none of them, but never a slash. */
    private static int bracket(StringBuilder regex, String glob, int start) {
        int i = start + 1;
        boolean not = i < glob.length() && glob.charAt(i) == '!';
        i += not ? 1 : 0;
        int end = glob.indexOf(']', i + 1);
        if (end < 0 || glob.substring(i, end).contains("/")) {
            throw new PatternSyntaxException(end < 0 ? "no ] for a [" : "a / between [ and ]", glob, start);
        }
        regex.append("[[^/]&&[").append(not ? "^" : "");
        for (; i < end; i++) {
            char c = glob.charAt(i);
            boolean range = c == '-' && regex.charAt(regex.length() - 1) != '[' && i + 1 < end;
            regex.append(range || Character.isLetterOrDigit(c) ? "" : "\\").append(c);
        }
        regex.append("]]");
        return end;
    }

    private static void literal(StringBuilder regex, char c) {
        regex.append(META.indexOf(c) >= 0 ? "\\" : "").append(c);
    }
}
