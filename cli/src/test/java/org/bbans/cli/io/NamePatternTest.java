package org.bbans.cli.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamePatternTest {

    private static boolean means(String pattern, String path) throws FileException {
        return NamePattern.of(List.of(pattern)).get(0).test(new CollectionEntry(path.getBytes(StandardCharsets.UTF_8),
                EntryType.FOLDER, 0755, 0, 0, new byte[0], null));
    }

    /** A pattern, what it means, and what it does not. */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {"*[b-]*, r/a-c, r/ac", "*[-b]*, r/a-c, r/ac", "\uD83D\uDE00*, "
            + "r/\uD83D\uDE00.txt, r/\uD83D\uDE01.txt",
        "[\uD83D\uDE00-\uD83D\uDE02], r/\uD83D\uDE01, r/\uD83D\uDE03",
        "?.txt, \uD83D\uDE00.txt, aa.txt", "[!]a]*, b, ]", "[!]a]*, r/b, ab", "[]a]*, r/]b, b", "[!]x, [!]x, ax",
        "[a&&b], &, x", "[[], [, ]", "[^a], ^, b", "[!^a], b, ^", "[\\d], d, 5", "a[!b]c, adc, a/c",
        "a.(, r/a.(/b, ab(", "*[a-c]x, r/bx, r/dx"})
    void aPatternMeansNames(String pattern, String meant, String not) throws Exception {
        assertThat(means(pattern, meant)).isTrue();
        assertThat(means(pattern, not)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[z-a]", "*[b-a]*"})
    void aRangeThatRunsBackwardsIsNone(String pattern) {
        assertThatThrownBy(() -> NamePattern.of(List.of(pattern))).isInstanceOf(FileException.class)
                .hasMessageContaining("backwards");
    }
}
