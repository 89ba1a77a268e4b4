package org.bbans.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page that leads from the lecture to the code names tests that there are. */
class FamilyPageTest {

    private static final Pattern CONTRACT = Pattern.compile("extends (\\w+Contract)\\b");
    private static final Path ROOT = Path.of("..");
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`");

    @Test
    void everyTestThatItNamesIsThere() throws IOException {
        final Map<String, Path> sources = new TreeMap<>();
        for (String module : new String[] {"codec", "model", "cli", "bench"}) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                sources.putAll(files.filter(f -> f.toString().matches(".*(Test|Contract)\\.java"))
                        .collect(Collectors.toMap(f -> f.getFileName().toString().replace(".java", ""), f -> f)));
            }
        }
        final TreeSet<String> missing = new TreeSet<>();
        int named = 0;
        for (MatchResult m : (Iterable<MatchResult>) TEST.matcher(Files.readString(ROOT.resolve("FAMILY.md")))
                .results()::iterator) {
            named++;
            final Path source = sources.get(m.group(1));
            if (source == null || m.group(2) != null && !has(source, m.group(2), sources)) {
                missing.add(m.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(named).isGreaterThan(10);
    }

    /** Whether a class has a test, or the contract that it extends. */
    private static boolean has(Path source, String test, Map<String, Path> sources) throws IOException {
        final String text = Files.readString(source);
        final Matcher contract = CONTRACT.matcher(text);
        return text.contains("void " + test + "(")
                || contract.find() && has(sources.get(contract.group(1)), test, sources);
    }
}
