package org.bbans.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page that leads from the lecture to the code names tests that there are. */
class FamilyPageTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`");

    @Test
    void everyTestThatItNamesIsThere() throws IOException {
        final Map<String, Path> sources = new TreeMap<>();
        for (String module : new String[] {"codec", "model", "cli", "bench"}) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                sources.putAll(files.filter(f -> f.toString().endsWith("Test.java"))
                        .collect(Collectors.toMap(f -> f.getFileName().toString().replace(".java", ""), f -> f)));
            }
        }
        final TreeSet<String> missing = new TreeSet<>();
        int named = 0;
        for (MatchResult m : (Iterable<MatchResult>) TEST.matcher(Files.readString(ROOT.resolve("FAMILY.md")))
                .results()::iterator) {
            named++;
            final Path source = sources.get(m.group(1));
            if (source == null || m.group(2) != null
                    && !Files.readString(source).contains("void " + m.group(2) + "(")) {
                missing.add(m.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(named).isGreaterThan(10);
    }
}
