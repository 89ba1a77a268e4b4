package org.bbans.model;

import java.util.ArrayList;
import java.util.List;
import org.bbans.codec.collection.StoredContent;

/** Writes sequences of runs that are there several times as loops. */
final class SegmentLoops {

    /** Runs of a sequence that is looked for. */
    private static final int MAX_BODY = 8;

    private SegmentLoops() {}

    /** The same bytes in fewer segments. */
    static List<StoredContent.Segment> of(List<StoredContent.Segment> segments) {
        List<StoredContent.Segment> fewer = new ArrayList<>();
        for (int at = 0; at < segments.size();) {
            int best = 0;
            int times = 1;
            for (int body = 1; body <= MAX_BODY && best == 0; body++) {
                int n = times(segments, at, body);
                // A loop takes the room of a run or two itself.
                if (n > 2 || n == 2 && body > 2) {
                    best = body;
                    times = n;
                }
            }
            if (best == 0) {
                fewer.add(segments.get(at++));
                continue;
            }
            fewer.add(new StoredContent.Loop(times, segments.subList(at, at + best).stream()
                    .map(StoredContent.Run.class::cast).toList()));
            at += best * times;
        }
        return fewer;
    }

    /** How often the next so many segments are there one after the other; 1 if they are not runs alone. */
    private static int times(List<StoredContent.Segment> segments, int at, int body) {
        if (at + 2 * body > segments.size()) {
            return 1;
        }
        for (int i = 0; i < body; i++) {
            if (!(segments.get(at + i) instanceof StoredContent.Run)) {
                return 1;
            }
        }
        int end = at + body;
        while (end < segments.size() && segments.get(end).equals(segments.get(end - body))) {
            end++;
        }
        return (end - at) / body;
    }
}
