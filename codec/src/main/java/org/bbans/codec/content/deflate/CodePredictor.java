package org.bbans.codec.content.deflate;

import static org.bbans.codec.content.deflate.DeflateTables.DISTANCE_CODES;
import static org.bbans.codec.content.deflate.DeflateTables.END_BLOCK;
import static org.bbans.codec.content.deflate.DeflateTables.LITERAL_CODES;
import static org.bbans.codec.content.deflate.DeflateTables.REPEAT_3_6;
import static org.bbans.codec.content.deflate.DeflateTables.RUN_CODES;
import static org.bbans.codec.content.deflate.DeflateTables.RUN_ORDER;
import static org.bbans.codec.content.deflate.DeflateTables.ZEROS_11_138;
import static org.bbans.codec.content.deflate.DeflateTables.ZEROS_3_10;

/** The codes that gzip and zlib write for a dynamic block with given tokens. A workspace. */
final class CodePredictor {

    private static final int MAX_BITS = 15;
    private static final int MAX_RUN_BITS = 7;

    private final HuffmanTree literals = new HuffmanTree(LITERAL_CODES, MAX_BITS);
    private final HuffmanTree distances = new HuffmanTree(DISTANCE_CODES, MAX_BITS);
    private final HuffmanTree runs = new HuffmanTree(RUN_CODES, MAX_RUN_BITS);
    private final CodeLengths lengths = new CodeLengths();

    /** The codes for the block's tokens; overwritten by the next call. */
    CodeLengths predict(DeflateBlock block) {
        count(block);
        literals.build();
        distances.build();
        runs.clear();
        lengths.begin(literals.maxCode + 1, distances.maxCode + 1, 0);
        runs(literals);
        runs(distances);
        for (int i = 0; i < lengths.runCount; i++) {
            runs.freq[lengths.runs[i] & 0xFF]++;
        }
        runs.build();
        int last = RUN_CODES - 1;
        while (last >= 3 && runs.length[RUN_ORDER[last]] == 0) {
            last--;
        }
        lengths.runCodes = last + 1;
        System.arraycopy(runs.length, 0, lengths.runLength, 0, RUN_CODES);
        return lengths;
    }

    private void count(DeflateBlock block) {
        literals.clear();
        distances.clear();
        for (int i = 0; i < block.count(); i++) {
            int token = block.token(i);
            if (DeflateBlock.isMatch(token)) {
                literals.freq[END_BLOCK + 1 + DeflateTables.lengthCode(DeflateBlock.bytes(token))]++;
                distances.freq[DeflateTables.distanceCode(DeflateBlock.distance(token))]++;
            } else {
                literals.freq[token]++;
            }
        }
        literals.freq[END_BLOCK] = 1;
    }

    /** Adds the runs of a code's lengths as those programs find them, the literals' and the distances' apart. */
    private void runs(HuffmanTree tree) {
        int previous = -1;
        int next = tree.length[0];
        int count = 0;
        int most = next == 0 ? 138 : 7;
        int least = next == 0 ? 3 : 4;
        for (int n = 0; n <= tree.maxCode; n++) {
            int current = next;
            next = n < tree.maxCode ? tree.length[n + 1] : -1;
            if (++count < most && current == next) {
                continue;
            }
            if (count < least) {
                for (int i = 0; i < count; i++) {
                    lengths.add(current, 0);
                }
            } else if (current != 0) {
                if (current != previous) {
                    lengths.add(current, 0);
                    count--;
                }
                lengths.add(REPEAT_3_6, count - 3);
            } else if (count <= 10) {
                lengths.add(ZEROS_3_10, count - 3);
            } else {
                lengths.add(ZEROS_11_138, count - 11);
            }
            count = 0;
            previous = current;
            most = next == 0 ? 138 : current == next ? 6 : 7;
            least = next == 0 || current == next ? 3 : 4;
        }
    }
}
