package org.bbans.codec.content.anatomy;

import java.io.IOException;
import java.util.Optional;
import org.bbans.codec.content.Anatomy;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.content.Records;
import org.bbans.codec.format.Layout;
import org.bbans.codec.io.Fields;

/** The parts of a content that is an array of records: leading bytes, records and what stands before each, the rest. */
final class DetectedAnatomy {

    private DetectedAnatomy() {}

    static Optional<Anatomy> find(Fields in) throws IOException {
        byte[] start = in.start();
        Optional<Records> found = LayoutDetector.detect(start, start.length, in.size());
        Optional<Layout> layout = found.flatMap(Records::layout);
        if (layout.isEmpty()) {
            return Optional.empty();
        }
        Records records = found.get();
        long count = layout.get().records(in.size());
        AnatomyBuilder out = new AnatomyBuilder(in.size());
        if (records.prefix() == 0) {
            out.records(records.bare(count), records.leading());
        } else {
            long period = layout.get().recordBytes();
            AnatomyBuilder.Strip run = out.run(records.bare(count));
            for (long i = 0; i < count && !out.isFull(); i++) {
                out.stretch(run, records.leading() + i * period + records.prefix(), period - records.prefix());
            }
        }
        return out.build(records.kind());
    }
}
