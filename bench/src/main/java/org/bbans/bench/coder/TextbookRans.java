package org.bbans.bench.coder;

import java.util.Arrays;

/**
 * Range asymmetric numeral systems as in Duda (arXiv:1311.2540, section 2.3), written down directly: one head, a
 * division for each push, branches where words move. The peer of {@link org.bbans.codec.ans.AnsStack}.
 */
final class TextbookRans {

    private static final long LOWEST = 1L << 31;

    private long head = LOWEST;
    private int[] words = new int[1024];
    private int count;

    void push(int start, int freq, int precision) {
        if (head >= (long) freq << 63 - precision) {
            if (count == words.length) {
                words = Arrays.copyOf(words, 2 * count);
            }
            words[count++] = (int) head;
            head >>>= 32;
        }
        head = (head / freq << precision) + head % freq + start;
    }

    int peek(int precision) {
        return (int) (head & (1L << precision) - 1);
    }

    void pop(int start, int freq, int precision) {
        head = freq * (head >>> precision) + peek(precision) - start;
        if (head < LOWEST) {
            head = head << 32 | words[--count] & 0xFFFF_FFFFL;
        }
    }
}
