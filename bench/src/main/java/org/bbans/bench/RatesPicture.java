package org.bbans.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Draws the README's table of rates: a row for each data set, a bar for the smallest archive of bbans and a mark for
 * everything else, all relative to {@code xz -9}. The table is the only source, so that picture and figures agree.
 *
 * <p>Usage: {@code RatesPicture README.md OUT.svg}.
 */
public final class RatesPicture {

    private static final String XZ = "xz -9";
    private static final String DEFAULT_MODEL = "bbans, default model";
    /** Columns of the table: data, model, bits/dim, ELBO, bytes of the model; then compressors; at last the codecs. */
    private static final int FIRST_COMPRESSOR = 5;
    private static final Pattern CODEC = Pattern.compile("(\\p{Alpha}[\\p{Alnum} ]*?) (\\d+\\.\\d+)");

    private static final int LEFT = 165;
    private static final int UNIT = 500;
    private static final int TOP = 46;
    private static final int ROW = 40;
    private static final double MOST = 1.25;
    private static final int WIDTH = LEFT + (int) (UNIT * MOST) + 25;

    /** Shapes are centred at the origin. Colours differ in lightness too. */
    private static final Map<String, String> MARKS = marks();

    private RatesPicture() {}

    /**
     * A data set.
     *
     * @param name its name
     * @param best bits per dimension of the smallest archive
     * @param others bits per dimension by coder; with {@link #XZ}
     */
    record Row(String name, double best, Map<String, Double> others) {}

    private static Map<String, String> marks() {
        final Map<String, String> marks = new LinkedHashMap<>();
        marks.put(DEFAULT_MODEL, "<rect x='-1.5' y='-11' width='3' height='22' fill='#1b4f8a'/>");
        marks.put("paq8px", "<path d='M0-6L6 0L0 6L-6 0Z' fill='#c8501e'/>");
        marks.put("JPEG XL", "<path d='M0-6L6 5L-6 5Z' fill='#c8501e'/>");
        marks.put("JBIG1", "<path d='M0 6L6-5L-6-5Z' fill='#c8501e'/>");
        marks.put(XZ, "<circle r='4.5' fill='#777'/>");
        marks.put("bzip2 -9", "<rect x='-4' y='-4' width='8' height='8' fill='#777'/>");
        marks.put("zstd -22", "<path d='M-5 0H5M0-5V5' stroke='#777' stroke-width='2.5'/>");
        marks.put("gzip -9", "<path d='M-4-4L4 4M-4 4L4-4' stroke='#777' stroke-width='2.5'/>");
        return marks;
    }

    /** @param args the README and the picture to write */
    public static void main(String[] args) throws IOException {
        Files.writeString(Path.of(args[1]), draw(read(Files.readString(Path.of(args[0])))));
    }

    /** The rows of the table of rates; a row "the same" is the default model's on the data of the row above. */
    static List<Row> read(String readme) {
        final List<String> lines = readme.lines().dropWhile(line -> !line.startsWith("| data |"))
                .takeWhile(line -> line.startsWith("|")).toList();
        if (lines.size() < 3) {
            throw new IllegalArgumentException("no table of rates: its first column is called \"data\"");
        }
        final String[] header = cells(lines.get(0));
        final List<Row> rows = new ArrayList<>();
        for (String line : lines.subList(2, lines.size())) {
            final String[] cell = cells(line);
            final double bits = Double.parseDouble(cell[2].replace("*", ""));
            if (cell[0].equals("the same")) {
                rows.get(rows.size() - 1).others().put(DEFAULT_MODEL, bits);
                continue;
            }
            final Map<String, Double> others = new LinkedHashMap<>();
            for (int i = FIRST_COMPRESSOR; i < header.length - 1; i++) {
                others.put(header[i], Double.parseDouble(cell[i]));
            }
            final Matcher codec = CODEC.matcher(cell[header.length - 1]);
            while (codec.find()) {
                others.put(codec.group(1), Double.parseDouble(codec.group(2)));
            }
            rows.add(new Row(cell[0], bits, others));
        }
        return rows;
    }

    private static String[] cells(String line) {
        return line.substring(1, line.lastIndexOf('|')).trim().split(" *\\| *", -1);
    }

    /** The picture as SVG. */
    static String draw(List<Row> rows) {
        final int bottom = TOP + ROW * rows.size();
        final StringBuilder svg = new StringBuilder();
        add(svg, "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' viewBox='0 0 %1$d %2$d' "
                + "font-family='sans-serif' font-size='13' fill='#222'>", WIDTH, bottom + 34);
        add(svg, "<rect width='100%%' height='100%%' fill='#fff'/>");
        legend(svg);
        for (int tick = 0; tick <= 5; tick++) {
            final double x = LEFT + UNIT * tick / 4.0;
            add(svg, "<path d='M%.1f %dV%d' stroke='%s'/>", x, TOP, bottom, tick == 4 ? "#999" : "#ddd");
            add(svg, "<text x='%.1f' y='%d' text-anchor='middle' fill='#666' font-size='11'>%d %%</text>", x,
                    bottom + 15, 25 * tick);
        }
        add(svg, "<text x='%d' y='%d' text-anchor='end' fill='#666' font-size='11'>size, of xz -9; number: bits per "
                + "dimension of bbans</text>", WIDTH - 10, bottom + 30);
        for (int i = 0; i < rows.size(); i++) {
            row(svg, rows.get(i), TOP + ROW * i + ROW / 2);
        }
        return svg.append("</svg>\n").toString();
    }

    private static void legend(StringBuilder svg) {
        int x = 14;
        add(svg, "<rect x='%d' y='9' width='14' height='14' fill='#3f7fc4'/><text x='%d' y='20'>bbans</text>", x,
                x + 20);
        x += 72;
        for (Map.Entry<String, String> mark : MARKS.entrySet()) {
            add(svg, "<g transform='translate(%d 16)'>%s</g><text x='%d' y='20'>%s</text>", x, mark.getValue(), x + 10,
                    mark.getKey());
            x += 30 + 7 * mark.getKey().length();
        }
    }

    private static void row(StringBuilder svg, Row row, int y) {
        final double xz = row.others().get(XZ);
        final double end = UNIT * row.best() / xz;
        add(svg, "<text x='%d' y='%d' text-anchor='end'>%s</text>", LEFT - 10, y + 5, row.name());
        add(svg, "<rect x='%d' y='%d' width='%.1f' height='22' fill='#3f7fc4'/>", LEFT, y - 11, end);
        add(svg, "<text x='%d' y='%d' fill='#fff'>%s</text>", LEFT + 8, y + 5, row.best());
        row.others().forEach((coder, bits) -> {
            if (!MARKS.containsKey(coder)) {
                throw new IllegalArgumentException("no mark for " + coder);
            }
            add(svg, "<g transform='translate(%.1f %d)'><title>%s: %s bits per dimension</title>%s</g>",
                    LEFT + UNIT * bits / xz, y, coder, bits, MARKS.get(coder));
        });
    }

    private static void add(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values).replace('\'', '"')).append('\n');
    }
}
