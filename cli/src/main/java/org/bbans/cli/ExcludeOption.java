package org.bbans.cli;

import java.util.ArrayList;
import java.util.List;
import org.bbans.cli.io.FileException;
import org.bbans.cli.io.NamePattern;
import picocli.CommandLine.Option;

/** The option {@code --exclude} of commands that walk through folders. */
final class ExcludeOption {

    @Option(names = "--exclude", paramLabel = "PATTERN",
            description = "Leave out folders, what is in them, and files of several together that are called so, with "
                    + "all that is in them: *, **, ? and [...] as 'bbans extract' has them. May be given several "
                    + "times.")
    private List<String> given = new ArrayList<>();

    private List<NamePattern> patterns;

    /**
     * The patterns, the same ones at every call.
     *
     * @throws FileException if one of them means nothing
     */
    List<NamePattern> patterns() throws FileException {
        patterns = patterns == null ? NamePattern.of(given) : patterns;
        return patterns;
    }

    /** Says which patterns have left nothing out. */
    void noteUnmatched(CommonOptions common) throws FileException {
        for (NamePattern pattern : patterns()) {
            if (!pattern.hasMatched()) {
                common.note("--exclude " + pattern + ": has left nothing out");
            }
        }
    }
}
