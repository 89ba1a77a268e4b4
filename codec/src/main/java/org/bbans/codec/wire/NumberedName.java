package org.bbans.codec.wire;

import java.util.Arrays;

/**
 * Names with a number: the last run of digits before the last dot behind the last slash, or behind the last slash if
 * there is no dot.
 *
 * @param from first digit
 * @param to behind the last digit
 */
public record NumberedName(int from, int to) {

    private static NumberedName of(byte[] name) {
        int slash = -1;
        int dot = -1;
        for (int i = 0; i < name.length; i++) {
            slash = name[i] == '/' ? i : slash;
            dot = name[i] == '.' ? i : dot;
        }
        int to = dot > slash ? dot : name.length;
        while (to > slash + 1 && !isDigit(name[to - 1])) {
            to--;
        }
        int from = to;
        while (from > slash + 1 && isDigit(name[from - 1])) {
            from--;
        }
        return new NumberedName(from, to);
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /** The number of a name; -1 if it has none, or one of more digits than {@code most}, which is below 19. */
    public static long number(byte[] name, int most) {
        NumberedName at = of(name);
        if (at.from == at.to || at.to - at.from > most) {
            return -1;
        }
        long value = 0;
        for (int i = at.from; i < at.to; i++) {
            value = 10 * value + name[i] - '0';
        }
        return value;
    }

    /** The name with a number of as many digits; null if that is negative or has no room. */
    public static byte[] renumbered(byte[] name, long number) {
        NumberedName at = of(name);
        byte[] next = name.clone();
        long left = number;
        for (int i = at.to - 1; i >= at.from; i--) {
            next[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
        return number < 0 || left > 0 ? null : next;
    }

    /** The name with a number that is one higher, and one digit longer behind nines; null if it has no number. */
    public static byte[] successor(byte[] name) {
        NumberedName at = of(name);
        if (at.from == at.to) {
            return null;
        }
        byte[] next = name.clone();
        for (int i = at.to - 1; i >= at.from; i--) {
            if (name[i] != '9') {
                next[i]++;
                return next;
            }
            next[i] = '0';
        }
        byte[] longer = Arrays.copyOf(next, next.length + 1);
        System.arraycopy(next, at.from, longer, at.from + 1, next.length - at.from);
        longer[at.from] = '1';
        return longer;
    }
}
