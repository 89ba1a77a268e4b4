package org.bbans.cli.io;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.bbans.codec.collection.CollectionEntry;

/**
 * Which entries of a collection a user means. In a pattern {@code *} stands for any characters but slashes, {@code **}
 * for slashes too, {@code ?} for one character, {@code [a-z]} for one of these. A pattern without a slash may be the
 * last name of any path. What lies in a folder is meant with it.
 */
public final class NamePattern implements Predicate<CollectionEntry> {

    private final String text;
    private final boolean anywhere;
    private final Pattern pattern;
    private boolean matched;

    /** @param glob as the user gives it */
    public NamePattern(String glob) {
        text = glob.endsWith("/") && glob.length() > 1 ? glob.substring(0, glob.length() - 1) : glob;
        anywhere = text.indexOf('/') < 0;
        pattern = Pattern.compile(regex(text), Pattern.DOTALL);
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

    private static String regex(String glob) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            int close = c == '[' ? glob.indexOf(']', i + 2) : -1;
            if (c == '*' && i + 1 < glob.length() && glob.charAt(i + 1) == '*') {
                regex.append(".*");
                i++;
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else if (close > 0) {
                String set = glob.substring(i + 1, close).replace("\\", "\\\\").replace("[", "\\[").replace("&", "\\&");
                regex.append('[').append(set.startsWith("!") ? "^" + set.substring(1) : set.replace("^", "\\^"))
                        .append("&&[^/]]");
                i = close;
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return regex.toString();
    }

    @Override
    public boolean test(CollectionEntry entry) {
        String name = FileNames.decode(entry.path());
        boolean matches = false;
        for (int end = name.length(); end > 0 && !matches; end = name.lastIndexOf('/', end - 1)) {
            String path = name.substring(0, end);
            matches = path.equals(text) || pattern.matcher(path).matches()
                    || anywhere && pattern.matcher(path.substring(path.lastIndexOf('/') + 1)).matches();
        }
        matched |= matches;
        return matches;
    }

    /** Whether it has meant any entry so far. */
    public boolean hasMatched() {
        return matched;
    }

    @Override
    public String toString() {
        return text;
    }
}
