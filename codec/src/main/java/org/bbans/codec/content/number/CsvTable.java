package org.bbans.codec.content.number;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What there is to know of a table of integers before its columns are stored: how many rows, and their range. */
final class CsvTable {

    /** Columns that a table may have. */
    static final int MAX_COLUMNS = 1 << 20;

    private static final int SAMPLE_ROWS = 256;
    private static final int SAMPLE_VALUES = 1 << 18;

    private final List<long[]> sample = new ArrayList<>();
    private long[] least;
    private long[] most;
    private long rows;
    private boolean isOpen;

    private CsvTable() {}

    /** Reads a table; null if it is none, or its rows are not equally long. */
    static CsvTable of(CsvReader in) throws IOException {
        CsvTable table = new CsvTable();
        long[] row = new long[16];
        int n = 0;
        CsvReader.Token token = in.next();
        for (; token == CsvReader.Token.VALUE || token == CsvReader.Token.ROW_END; token = in.next()) {
            if (n == (table.rows > 0 ? table.columns() : MAX_COLUMNS)) {
                return null;
            }
            row = n == row.length ? Arrays.copyOf(row, 2 * n) : row;
            row[n++] = in.value();
            if (token == CsvReader.Token.ROW_END) {
                if (!table.add(row, n)) {
                    return null;
                }
                n = 0;
            }
        }
        table.isOpen = in.isOpen();
        return token == CsvReader.Token.END && n == 0 && table.rows > 0 ? table : null;
    }

    private boolean add(long[] row, int n) {
        if (rows++ == 0) {
            least = Arrays.copyOf(row, n);
            most = Arrays.copyOf(row, n);
        }
        for (int i = 0; i < n && n == columns(); i++) {
            least[i] = Math.min(least[i], row[i]);
            most[i] = Math.max(most[i], row[i]);
        }
        if (sample.isEmpty() || sample.size() < SAMPLE_ROWS && (long) (sample.size() + 1) * n <= SAMPLE_VALUES) {
            sample.add(Arrays.copyOf(row, n));
        }
        return n == columns();
    }

    long rows() {
        return rows;
    }

    int columns() {
        return least.length;
    }

    /** Whether the last row has no line end. */
    boolean isOpen() {
        return isOpen;
    }

    /** The numbers that some columns hold. */
    CsvNumbers numbers(int from, int to) {
        long low = least[from];
        long high = most[from];
        for (int i = from + 1; i < to; i++) {
            low = Math.min(low, least[i]);
            high = Math.max(high, most[i]);
        }
        return CsvNumbers.of(low, high);
    }

    /**
     * How far two numbers of the first rows are apart on average.
     *
     * @param a column of the one, first of several
     * @param b column of the other
     * @param n pairs of columns
     * @param step rows between the two, 0 or 1
     */
    double distance(int a, int b, int n, int step) {
        double sum = 0;
        for (int r = step; r < sample.size(); r++) {
            long[] one = sample.get(r);
            long[] other = sample.get(r - step);
            for (int i = 0; i < n; i++) {
                sum += Math.abs((double) one[a + i] - other[b + i]);
            }
        }
        int rowsTaken = sample.size() - step;
        return rowsTaken == 0 ? Double.POSITIVE_INFINITY : sum / n / rowsTaken;
    }
}
