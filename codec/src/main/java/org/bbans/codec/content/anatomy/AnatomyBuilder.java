package org.bbans.codec.content.anatomy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.bbans.codec.content.Anatomy;
import org.bbans.codec.content.Part;
import org.bbans.codec.content.Records;
import org.bbans.codec.format.Layout;

/**
 * Collects what a parser finds in a content, in any order, and puts it in the order of the bytes. What lies beyond the
 * content's end, overlaps something else or has its bytes in another order than its samples is left opaque.
 */
final class AnatomyBuilder {

    /** Between two stretches there may be opaque bytes. */
    private static final int MAX_STRETCHES = Anatomy.MAX_PARTS / 2 - 1;

    /** Rasters, the last ones, among which one is sought that a record may belong to. */
    private static final int KINDS = 16;

    private final long size;
    private final List<Stretch> stretches = new ArrayList<>();
    private final List<Strip> runs = new ArrayList<>();
    private boolean tooMany;

    AnatomyBuilder(long size) {
        this.size = size;
    }

    /** A run is what the stretch belongs to; null for a content of its own. */
    private record Stretch(long from, long length, Part.PartKind kind, Strip run) {

        long end() {
            return from + length;
        }
    }

    /** Records that are kept together or not at all. */
    static final class Strip {

        private final Records records;
        private long missing;
        private long first = -1;
        private long end;
        private boolean isBroken;
        private int raster;

        private Strip(Records records, long bytes) {
            this.records = records;
            missing = bytes;
        }
    }

    /** Whether so many stretches were found that the content had better be left as it is. */
    boolean isFull() {
        return tooMany;
    }

    /** A stretch that is a content of its own. */
    void content(long from, long length) {
        add(new Stretch(from, length, Part.PartKind.CONTENT, null));
    }

    /** A stretch that is a DEFLATE stream. */
    void deflated(long from, long length) {
        add(new Stretch(from, length, Part.PartKind.DEFLATED, null));
    }

    /**
     * Begins some records, whose bytes {@link #stretch} then names. Only records whose bytes are all there are kept.
     *
     * @param records without leading bytes and prefixes, their count known
     */
    Strip run(Records records) {
        Optional<Layout> layout = records.layout();
        // One row at least, of a byte at least.
        long bytes = layout.isEmpty() || records.count() < 1 || records.count() > size / layout.get().recordBytes()
                ? -1 : records.count() * layout.get().recordBytes();
        Strip run = new Strip(records, bytes);
        run.isBroken = bytes < 0;
        if (runs.size() < MAX_STRETCHES) {
            runs.add(run);
        } else {
            tooMany = true;
        }
        return run;
    }

    /** The next bytes of some records. */
    void stretch(Strip run, long from, long length) {
        if (run.isBroken || length == 0) {
            return;
        }
        if (from < run.end || length < 0 || length > run.missing || from > size - length) {
            run.isBroken = true;
            return;
        }
        run.first = run.first < 0 ? from : run.first;
        run.missing -= length;
        run.end = from + length;
        add(new Stretch(from, length, Part.PartKind.RASTER, run));
    }

    /** Records whose bytes lie together. */
    void records(Records records, long from) {
        Strip run = run(records);
        stretch(run, from, run.missing);
    }

    private void add(Stretch stretch) {
        if (stretch.length <= 0 || stretch.from < 0 || stretch.from > size - stretch.length) {
            return;
        }
        if (stretches.size() < MAX_STRETCHES) {
            stretches.add(stretch);
        } else {
            tooMany = true;
        }
    }

    /**
     * What the content is made of.
     *
     * @param kind the file format's name, for people
     * @return empty if nothing but opaque bytes is left, or far too many stretches
     */
    Optional<Anatomy> build(String kind) {
        if (tooMany) {
            return Optional.empty();
        }
        stretches.removeIf(s -> s.run != null && (s.run.isBroken || s.run.missing > 0));
        stretches.sort(Comparator.comparingLong(Stretch::from));
        dropOverlapping();
        if (stretches.isEmpty()) {
            return Optional.empty();
        }
        List<Records> rasters = rasters();
        List<Part> parts = new ArrayList<>();
        long at = 0;
        for (Stretch s : stretches) {
            if (s.from > at) {
                parts.add(Part.opaque(s.from - at));
            }
            int last = parts.size() - 1;
            int raster = s.run == null ? -1 : s.run.raster;
            if (raster >= 0 && last >= 0 && parts.get(last).raster() == raster) {
                parts.set(last, Part.raster(parts.get(last).length() + s.length, raster));
            } else {
                parts.add(new Part(s.kind, s.length, raster));
            }
            at = s.end();
        }
        if (at < size) {
            parts.add(Part.opaque(size - at));
        }
        return Optional.of(new Anatomy(kind, parts, rasters));
    }

    private void dropOverlapping() {
        long end = 0;
        boolean overlap = false;
        for (Stretch s : stretches) {
            if (s.from < end) {
                overlap = true;
                if (s.run != null) {
                    s.run.isBroken = true;
                }
            }
            end = Math.max(end, s.end());
        }
        if (!overlap) {
            return;
        }
        stretches.removeIf(s -> s.run != null && s.run.isBroken);
        List<Stretch> apart = new ArrayList<>();
        end = 0;
        for (Stretch s : stretches) {
            if (s.from >= end) {
                apart.add(s);
                end = s.end();
            } else if (s.run != null) {
                s.run.isBroken = true;
            }
        }
        stretches.clear();
        stretches.addAll(apart);
        stretches.removeIf(s -> s.run != null && s.run.isBroken);
    }

    /** Numbers the rasters: equal records that follow one another are one, whatever lies between. */
    private List<Records> rasters() {
        List<Strip> used = new ArrayList<>(runs);
        used.removeIf(run -> run.isBroken || run.missing > 0);
        used.sort(Comparator.comparingLong(run -> run.first));
        List<Records> rasters = new ArrayList<>();
        List<Strip> last = new ArrayList<>();
        for (Strip run : used) {
            run.raster = rasters.size();
            for (int r = rasters.size() - 1; r >= Math.max(0, rasters.size() - KINDS); r--) {
                if (run.records.gathered().equals(rasters.get(r).gathered()) && run.first >= last.get(r).end) {
                    run.raster = r;
                    break;
                }
            }
            if (run.raster == rasters.size()) {
                rasters.add(run.records);
                last.add(run);
            } else {
                Records before = rasters.get(run.raster);
                rasters.set(run.raster, before.bare(before.count() + run.records.count()));
                last.set(run.raster, run);
            }
        }
        return rasters;
    }
}
