package org.bbans.codec.content.tar;

/**
 * Names with a number, filled up with zeros: the last run of digits before the last dot behind the last slash, or
 * behind the last slash if there is no dot.
 *
 * @param length bytes before the zeros
 * @param from first digit
 * @param to behind the last digit
 */
record NumberedName(int length, int from, int to) {

    private static NumberedName of(byte[] name) {
        int length = 0;
        int slash = -1;
        int dot = -1;
        for (; length < name.length && name[length] != 0; length++) {
            slash = name[length] == '/' ? length : slash;
            dot = name[length] == '.' ? length : dot;
        }
        int to = dot > slash ? dot : length;
        while (to > slash + 1 && !isDigit(name[to - 1])) {
            to--;
        }
        int from = to;
        while (from > slash + 1 && isDigit(name[from - 1])) {
            from--;
        }
        return new NumberedName(length, from, to);
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /** The number of a name; -1 if it has none, or one of more digits than {@code most}. */
    static long number(byte[] name, int most) {
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
    static byte[] renumbered(byte[] name, long number) {
        NumberedName at = of(name);
        byte[] next = name.clone();
        long left = number;
        for (int i = at.to - 1; i >= at.from; i--) {
            next[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
        return number < 0 || left > 0 ? null : next;
    }

    /** The name with a number that is one higher, and one digit longer behind nines; null if that cannot be. */
    static byte[] successor(byte[] name) {
        NumberedName at = of(name);
        byte[] next = name.clone();
        for (int i = at.to - 1; i >= at.from; i--) {
            if (name[i] != '9') {
                next[i]++;
                return next;
            }
            next[i] = '0';
        }
        if (at.from == at.to || at.length == name.length) {
            return null;
        }
        System.arraycopy(next, at.from, next, at.from + 1, at.length - at.from);
        next[at.from] = '1';
        return next;
    }
}
