package org.bbans.model;

import java.util.ArrayList;
import java.util.List;
import org.bbans.codec.content.Anatomy;
import org.bbans.codec.content.Part;
import org.bbans.codec.content.Part.PartKind;

/** Cuts a tar archive between members, so that damage to what is coded of some of them leaves the others alone. */
final class TarStretches {

    /** What an {@link Anatomy} of a tar archive is called. */
    static final String TAR = "tar";

    /** Bytes of a stretch, unless a member has more. */
    private static final long STRETCH = 1 << 21;
    /** Headers and contents of members begin at multiples of so many bytes. */
    static final int BLOCK = 512;
    /** With members larger than this on average, headers are no matter. */
    private static final long LARGE_MEMBER = 1 << 14;

    private TarStretches() {}

    /** The parts of each stretch: the first begins with a header, and so does each further one. */
    static List<List<Part>> of(Anatomy tar) {
        List<List<Part>> stretches = new ArrayList<>();
        List<Part> parts = new ArrayList<>();
        long from = 0;
        long at = 0;
        for (Part part : tar.parts()) {
            // Behind a content come zeros up to a whole block, then headers.
            long padding = -at & BLOCK - 1;
            if (part.kind() == PartKind.OPAQUE && at - from >= STRETCH && padding < part.length()) {
                if (padding > 0) {
                    parts.add(Part.opaque(padding));
                }
                stretches.add(parts);
                from = at + padding;
                parts = new ArrayList<>(List.of(Part.opaque(part.length() - padding)));
            } else {
                parts.add(part);
            }
            at += part.length();
        }
        stretches.add(parts);
        return stretches;
    }

    /** Bytes of a stretch. */
    static long size(List<Part> stretch) {
        return stretch.stream().mapToLong(Part::length).sum();
    }

    /** Whether headers are a noticeable part of a stretch. */
    static boolean hasSmallMembers(List<Part> stretch) {
        return size(stretch) <= LARGE_MEMBER * stretch.stream().filter(p -> p.kind() == PartKind.CONTENT).count();
    }
}
