package org.bbans.cli.io;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The option {@code --exclude} of commands that walk through folders. */
public final class ExcludeOption {

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
    public List<NamePattern> patterns() throws FileException {
        patterns = patterns == null ? NamePattern.of(given) : patterns;
        return patterns;
    }

    /** Says which patterns have left nothing out. */
    public void noteUnmatched(Messages messages) throws FileException {
        for (NamePattern pattern : patterns()) {
            if (!pattern.hasMatched()) {
                messages.note("--exclude " + pattern + ": has left nothing out");
            }
        }
    }
}
