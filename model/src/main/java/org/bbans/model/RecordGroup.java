package org.bbans.model;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bbans.codec.content.Records;
import org.bbans.codec.io.BulkInputStream;

/** Records of one kind, from anywhere in the files of a batch, which are coded in one stream if that pays. */
final class RecordGroup {

    /** What they are, as many as there are. */
    final Records records;
    final List<FoundPart> parts = new ArrayList<>();
    /** Files that have some of them, by their numbers. */
    final Set<Integer> files = new TreeSet<>();
    long bytes;
    /** The stream's number; 0 if there is none of their own. */
    int stream;

    RecordGroup(Records records) {
        this.records = records;
    }

    void add(FoundPart part, int file) {
        parts.add(part);
        files.add(file);
        bytes += part.size();
    }

    /** Forgets the parts, so that they can be added in another order. */
    void clear() {
        parts.clear();
        files.clear();
        bytes = 0;
    }

    /** The bytes of all of them, one part after the other. */
    InputStream open() {
        return new Joined(parts);
    }

    /**
     * Whether a coded stream of them is better than having them where LZMA2 is, or than leaving files of packed
     * pictures whole, each of which is counted by the share of its pictures that they are.
     *
     * @param archiveBytes of the stream
     * @param modelled whether a model codes them
     */
    boolean pays(long archiveBytes, boolean modelled) {
        double before = 0;
        double recipes = 0;
        boolean allPacked = true;
        for (FoundPart part : parts) {
            FoundPart file = part.packed;
            allPacked &= file != null;
            double share = file == null ? 1 : (double) part.size() / file.inside.size();
            before += file == null ? part.size() : share * file.size();
            recipes += file == null ? 0 : share * file.wrapping.data().length;
        }
        return (modelled || allPacked) && archiveBytes + recipes < before;
    }

    private static final class Joined extends BulkInputStream {

        private final List<FoundPart> parts;
        private int next;
        private InputStream in;

        Joined(List<FoundPart> parts) {
            this.parts = parts;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            while (true) {
                int n = in == null ? -1 : in.read(b, off, len);
                if (n >= 0) {
                    return n;
                }
                close();
                if (next == parts.size()) {
                    return -1;
                }
                in = parts.get(next++).bytes.open();
            }
        }

        @Override
        public void close() throws IOException {
            if (in != null) {
                in.close();
                in = null;
            }
        }
    }
}
