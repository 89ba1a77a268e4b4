package org.bbans.model;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import org.bbans.codec.content.Anatomy;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.content.Part;
import org.bbans.codec.content.Records;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.content.anatomy.Anatomies;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Expansion;
import org.bbans.codec.io.Spool;
import org.bbans.codec.io.Workers;

/**
 * Finds out what contents are made of, and what is in that: a PNG file in a tar in a gzip file. What takes a wrapping
 * off is looked at by several threads at a time; the result does not depend on them.
 */
final class PartFinder {

    /** Contents within each other that are looked at. */
    private static final int MAX_DEPTH = 7;
    /** Bytes, unwrapped, of all contents together at most: what goes beyond that stays wrapped. */
    private static final long MAX_PLAIN = 1L << 34;
    /** Parts of all contents together; what goes beyond that stays whole. */
    private static final int MAX_PARTS = 3 << 18;
    private static final int HEAD_BYTES = 1 << 20;
    /** Smaller contents have nothing in them that could be found. */
    private static final int LEAST_BYTES = 16;

    private final int threads;
    private final Spool plain;
    private long most;
    private volatile boolean isFull;
    private int partCount;

    /**
     * A finder.
     *
     * @param plain receives what is unwrapped; what is found reads it
     */
    PartFinder(int threads, Spool plain) {
        this.threads = threads;
        this.plain = plain;
    }

    /** What looking at a part tells. */
    private record Seen(Wrapping wrapping, Spool content, Records records, Anatomy anatomy) {

        static final Seen NOTHING = new Seen(null, null, null, null);
    }

    private record Looking(FoundPart part, Future<Seen> seen) {}

    /** Looks at contents and all that is in them. */
    void find(List<FoundPart> contents) throws IOException {
        // Many small members, or archives within archives, may hold as much as a large one.
        find(contents, Expansion.most(contents.stream().mapToLong(FoundPart::size).sum(), MAX_PLAIN));
    }

    /** Looks at contents and all that is in them, of which it unwraps {@code most} bytes at most. */
    void find(List<FoundPart> contents, long most) throws IOException {
        this.most = most;
        Deque<FoundPart> waiting = new ArrayDeque<>(contents);
        Deque<Looking> running = new ArrayDeque<>();
        try (Workers workers = new Workers(threads, "bbans-stream")) {
            while (!waiting.isEmpty() || !running.isEmpty()) {
                while (!waiting.isEmpty() && running.size() <= threads) {
                    FoundPart part = waiting.remove();
                    running.add(new Looking(part, workers.submit(() -> look(part))));
                }
                Looking first = running.remove();
                apply(first.part(), workers.await(first.seen(), () -> {}), waiting);
            }
        }
    }

    private Seen look(FoundPart part) throws IOException {
        if (part.size() < LEAST_BYTES || part.depth > MAX_DEPTH) {
            return Seen.NOTHING;
        }
        byte[] head = part.bytes.start(HEAD_BYTES);
        Optional<Wrappings.FileKind> kind = part.isDeflated ? Optional.of(Wrappings.FileKind.DEFLATED)
                : Wrappings.kind(head, head.length);
        if (kind.isPresent() && !isFull) {
            Seen inside = unwrap(kind.get(), part);
            if (inside != Seen.NOTHING) {
                return inside;
            }
        }
        if (part.isDeflated) {
            return Seen.NOTHING;
        }
        Optional<Records> records = LayoutDetector.detect(head, head.length, part.size());
        return records.isPresent() && records.get().bytes(part.size()) > 0
                ? new Seen(null, null, records.get(), null)
                : new Seen(null, null, null, Anatomies.find(part.bytes).orElse(null));
    }

    private Seen unwrap(Wrappings.FileKind kind, FoundPart part) throws IOException {
        Spool content = plain.another();
        boolean kept = false;
        try {
            Optional<Wrapping> wrapping = Wrappings.unwrap(kind, part.bytes, content);
            kept = wrapping.isPresent();
            return kept ? new Seen(wrapping.get(), content, null, null) : Seen.NOTHING;
        } finally {
            if (!kept) {
                content.close();
            }
        }
    }

    private void apply(FoundPart part, Seen seen, Deque<FoundPart> waiting) throws IOException {
        if (seen.wrapping != null) {
            try (Spool content = seen.content) {
                isFull |= plain.size() + content.size() > most;
                if (!isFull) {
                    part.wrapping = seen.wrapping;
                    part.inside = inside(part, content);
                    waiting.add(part.inside);
                    return;
                }
            }
            // As if it had been looked at only now: what is found does not depend on who was first.
            apply(part, look(part), waiting);
        } else if (seen.records != null) {
            long leading = seen.records.leading();
            long bytes = seen.records.bytes(part.size());
            cut(part, List.of(leading, bytes, part.size() - leading - bytes), seen.records.gathered());
        } else if (seen.anatomy != null && partCount + seen.anatomy.parts().size() <= MAX_PARTS) {
            partCount += seen.anatomy.parts().size();
            List<Records> gathered = seen.anatomy.rasters().stream().map(Records::gathered).toList();
            if (seen.anatomy.kind().equals(TarStretches.TAR)) {
                cutTar(part, TarStretches.of(seen.anatomy), gathered, waiting);
            } else {
                part.parts = cut(part, seen.anatomy.parts(), gathered, waiting);
            }
        }
    }

    /** Members of a tar archive, with their headers taken apart if that matters. */
    private void cutTar(FoundPart tar, List<List<Part>> stretches, List<Records> gathered, Deque<FoundPart> waiting)
            throws IOException {
        tar.parts = new ArrayList<>();
        long at = 0;
        for (List<Part> parts : stretches) {
            FoundPart stretch = new FoundPart(tar.bytes.slice(at, TarStretches.size(parts)), tar.depth, false);
            isFull |= plain.size() + stretch.size() > most;
            if (!isFull && TarStretches.hasSmallMembers(parts)) {
                try (Spool content = plain.another()) {
                    stretch.wrapping =
                            Wrappings.unwrap(Wrappings.FileKind.TAR, stretch.bytes, content).orElse(null);
                    stretch.inside = stretch.wrapping == null ? null : inside(stretch, content);
                }
            }
            FoundPart members = stretch.inside == null ? stretch : stretch.inside;
            members.parts = cut(members, parts, gathered, waiting);
            tar.parts.add(stretch);
            at += stretch.size();
        }
    }

    private FoundPart inside(FoundPart part, Spool content) throws IOException {
        long from = plain.size();
        try (InputStream in = content.open()) {
            in.transferTo(plain);
        }
        FoundPart inside =
                new FoundPart(ContentView.of(plain).slice(from, plain.size() - from), part.depth + 1, false);
        inside.packed = part.isPicture() ? part : null;
        return inside;
    }

    /** Bytes in front of records, these, and bytes behind. */
    private void cut(FoundPart part, List<Long> lengths, Records records) {
        if (partCount + lengths.size() > MAX_PARTS) {
            return;
        }
        part.parts = new ArrayList<>();
        long at = 0;
        for (int i = 0; i < lengths.size(); i++) {
            if (lengths.get(i) > 0) {
                FoundPart stretch = new FoundPart(part.bytes.slice(at, lengths.get(i)), part.depth, false);
                stretch.records = i == 1 ? records : null;
                stretch.packed = part.packed;
                part.parts.add(stretch);
                at += lengths.get(i);
            }
        }
        partCount += part.parts.size();
    }

    private static List<FoundPart> cut(FoundPart part, List<Part> parts, List<Records> gathered,
            Deque<FoundPart> waiting) {
        List<FoundPart> stretches = new ArrayList<>();
        long at = 0;
        for (Part p : parts) {
            boolean content = p.kind() == Part.PartKind.CONTENT || p.kind() == Part.PartKind.DEFLATED;
            FoundPart stretch = new FoundPart(part.bytes.slice(at, p.length()), content ? part.depth + 1 : part.depth,
                    p.kind() == Part.PartKind.DEFLATED);
            stretch.records = p.kind() == Part.PartKind.RASTER ? gathered.get(p.raster()) : null;
            stretch.packed = part.packed;
            stretches.add(stretch);
            at += p.length();
            if (content) {
                waiting.add(stretch);
            }
        }
        return stretches;
    }
}
