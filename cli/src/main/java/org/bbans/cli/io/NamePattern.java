package org.bbans.cli.io;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.bbans.codec.collection.CollectionEntry;

/**
 * Which entries of a collection a user means. In a pattern {@code *} stands for any characters but slashes, {@code **}
 * for slashes too, {@code ?} for one character, {@code [a-z]} for one of these. A pattern without a slash may be the
 * last name of any path. What lies in a folder is meant with it.
 */
public final class NamePattern implements Predicate<CollectionEntry> {

    private final String text;
    /** Matches paths that are meant. */
    private final Pattern pattern;
    private boolean matched;

    private NamePattern(String glob) throws FileException {
        text = glob.endsWith("/") && glob.length() > 1 ? glob.substring(0, glob.length() - 1) : glob;
        String within = text.indexOf('/') < 0 ? "(?:.*/)?" : "";
        try {
            pattern = Pattern.compile(within + regex(text) + "(?:/.*)?", Pattern.DOTALL);
        } catch (PatternSyntaxException e) {
            throw new FileException(glob, "is no pattern: a range in its brackets runs backwards");
        }
    }

    /**
     * Patterns as the user gives them.
     *
     * @throws FileException if one of them means nothing
     */
    public static List<NamePattern> of(List<String> globs) throws FileException {
        List<NamePattern> patterns = new ArrayList<>();
        for (String glob : globs) {
            patterns.add(new NamePattern(glob));
        }
        return patterns;
    }

    /** Whether each pattern has meant something in an archive; says which have not. */
    public static boolean reportUnmatched(List<NamePattern> patterns, InputFile archive) {
        boolean all = true;
        for (NamePattern pattern : patterns) {
            if (!pattern.matched) {
                Messages.error(archive.name() + ": nothing in it is called " + pattern + "; 'bbans list' says what is");
                all = false;
            }
        }
        return all;
    }

    /** Means what any of the patterns means; everything if there are none. */
    public static Predicate<CollectionEntry> any(List<NamePattern> patterns) {
        return entry -> {
            boolean wanted = patterns.isEmpty();
            for (NamePattern pattern : patterns) {
                wanted |= pattern.test(entry);
            }
            return wanted;
        };
    }

    /** By code points: half of a character means nothing. */
    private static String regex(String glob) {
        StringBuilder regex = new StringBuilder();
        int next;
        for (int i = 0; i < glob.length(); i = next) {
            int c = glob.codePointAt(i);
            next = i + Character.charCount(c);
            int first = glob.startsWith("[!", i) ? i + 2 : i + 1;
            int close = c == '[' ? glob.indexOf(']', first + 1) : -1;
            if (glob.startsWith("**", i)) {
                regex.append(".*");
                next++;
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else if (close > 0) {
                regex.append("[[^/]&&[").append(first == i + 2 ? "^" : "");
                set(regex, glob.substring(first, close));
                regex.append("]]");
                next = close + 1;
            } else {
                regex.append(Pattern.quote(Character.toString(c)));
            }
        }
        return regex.toString();
    }

    /** Characters and ranges of them; a hyphen at either end is a character. */
    private static void set(StringBuilder regex, String members) {
        int c;
        for (int i = 0; i < members.length(); i += Character.charCount(c)) {
            c = members.codePointAt(i);
            boolean range = c == '-' && i > 0 && i + 1 < members.length();
            regex.append(range || c >= 0x80 || Character.isLetterOrDigit(c) ? "" : "\\").appendCodePoint(c);
        }
    }

    @Override
    public boolean test(CollectionEntry entry) {
        return means(FileNames.decode(entry.path()));
    }

    /** Whether an entry of this path is meant. */
    boolean means(String name) {
        boolean matches = (name + "/").startsWith(text + "/") || pattern.matcher(name).matches();
        matched |= matches;
        return matches;
    }

    /** Whether it has meant something so far. */
    boolean hasMatched() {
        return matched;
    }

    @Override
    public String toString() {
        return text;
    }
}
