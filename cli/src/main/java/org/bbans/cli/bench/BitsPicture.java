package org.bbans.cli.bench;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.bbans.cli.io.FileException;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.content.Records;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.RasterShape;
import org.bbans.codec.format.RowGrid;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.bbans.model.image.ImageCodec;

/**
 * Draws where the bits of an image go: the image, bits a pixel as a heat map beside it, and at the right what learning
 * saves, row after row from the top down, against the same model that does not learn.
 */
public final class BitsPicture {

    /** Pixels of an image that is drawn. */
    private static final int MAX_PIXELS = 1 << 26;
    /** Larger images are drawn smaller. */
    private static final int SIDE = 512;
    private static final int GAP = 12;
    private static final int CAPTION = 26;
    private static final int CURVE = 220;
    /** Bits a sample that are drawn in the hottest colour. */
    private static final double HOT = 6;

    private final String file;
    private final Layout layout;
    private final RasterShape raster;
    private final short[] samples;
    private final String model;
    private final float[] bits;
    private final float[] unlearnt;

    private BitsPicture(String file, byte[] content, Layout layout, ImageCodec codec) throws FileException {
        this.file = file;
        this.layout = layout;
        RowGrid grid = new RowGrid(layout);
        raster = grid.raster();
        samples = new short[Math.toIntExact(layout.dims())];
        int from = Math.toIntExact(layout.leading() + layout.prefix());
        if (!layout.format().unpack(layout.shape(), content, from, samples, 0)) {
            throw new FileException(file, "has samples that its own header does not allow");
        }
        model = codec.name();
        bits = codec.bits(raster, samples, true);
        unlearnt = codec.bits(raster, samples, false);
    }

    /**
     * Looks at the first image of a file; of a gzip or PNG file, at what it holds.
     *
     * @throws FileException if there is none that the model codes, or if it is too large to be drawn
     */
    public static BitsPicture of(String file, byte[] content, Optional<Records> described, ImageCodec codec)
            throws IOException {
        byte[] inside = unwrapped(content);
        Layout layout = described.or(() -> LayoutDetector.detect(inside, inside.length, inside.length))
                .flatMap(Records::images)
                .filter(images -> codec.misfit(images) == null && images.records(inside.length) > 0)
                .orElseThrow(() -> new FileException(file, "holds no image that model " + codec.name() + " codes: it "
                        + codec.misfit(Layout.NONE)));
        if (layout.dims() > MAX_PIXELS) {
            throw new FileException(file, "has images of more than " + MAX_PIXELS + " samples; draw a part of it");
        }
        return new BitsPicture(file, inside, layout, codec);
    }

    private static byte[] unwrapped(byte[] content) throws IOException {
        Optional<Wrappings.FileKind> kind = Wrappings.kind(content, content.length);
        if (kind.isEmpty()) {
            return content;
        }
        try (Spool inside = new Spool()) {
            if (Wrappings.unwrap(kind.get(), ContentView.of(content), inside).isEmpty()) {
                return content;
            }
            try (InputStream in = inside.open()) {
                return in.readAllBytes();
            }
        }
    }

    /** One line: what the image takes, and what it would without learning. */
    public String summary() {
        double n = samples.length;
        return String.format(Locale.ROOT, "%s: %d x %d pixels, model %s: %.4f bits/sample, %.4f without learning "
                + "(by the probabilities; nothing was decoded)", file, raster.width(), raster.height(), model,
                sum(bits, 0, bits.length) / n, sum(unlearnt, 0, bits.length) / n);
    }

    /** Writes the picture. */
    public void draw(Path png) throws FileException {
        System.setProperty("java.awt.headless", "true");
        int step = Math.max(1, (Math.max(raster.width(), raster.height()) + SIDE - 1) / SIDE);
        int width = (raster.width() + step - 1) / step;
        int height = (raster.height() + step - 1) / step;
        BufferedImage picture =
                new BufferedImage(2 * width + CURVE + 4 * GAP, height + CAPTION + GAP, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = picture.createGraphics();
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, picture.getWidth(), picture.getHeight());
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                picture.setRGB(GAP + x, CAPTION + y, colour(x * step, y * step));
                picture.setRGB(2 * GAP + width + x, CAPTION + y, heat(mean(x * step, y * step, step) / HOT));
            }
        }
        g.setColor(Color.BLACK);
        g.drawString(raster.width() + " x " + raster.height(), GAP, CAPTION - 8);
        g.drawString(String.format(Locale.ROOT, "%.3f bits/sample; black 0, white %.0f or more",
                sum(bits, 0, bits.length) / samples.length, HOT), 2 * GAP + width, CAPTION - 8);
        curve(g, 3 * GAP + 2 * width, CAPTION, height);
        g.dispose();
        try (OutputStream out = Files.newOutputStream(png)) {
            ImageIO.write(picture, "png", out);
        } catch (IOException e) {
            throw FileException.of(png.toString(), e);
        }
    }

    /** What learning has saved in each tenth of the image, in per cent. */
    private void curve(Graphics2D g, int left, int top, int height) {
        int bands = Math.min(10, raster.height());
        double[] saved = new double[bands];
        for (int i = 0; i < bands; i++) {
            int from = (int) ((long) raster.height() * i / bands) * raster.width();
            int to = (int) ((long) raster.height() * (i + 1) / bands) * raster.width();
            double without = sum(unlearnt, from, to);
            saved[i] = without == 0 ? 0 : 100 * (1 - sum(bits, from, to) / without);
        }
        double most =
                Math.max(1, Math.max(Arrays.stream(saved).max().orElse(0), -Arrays.stream(saved).min().orElse(0)));
        int axis = left + CURVE / 3;
        g.drawString("saved by learning", left, top - 8);
        g.setColor(Color.LIGHT_GRAY);
        g.setStroke(new BasicStroke(1));
        g.drawLine(axis, top, axis, top + height);
        for (int i = 0; i < bands; i++) {
            int y = top + height * i / bands;
            int h = Math.max(1, height / bands - 2);
            int w = (int) Math.round(Math.abs(saved[i]) / most * CURVE / 3);
            g.setColor(saved[i] < 0 ? new Color(0xC8501E) : new Color(0x1B4F8A));
            g.fillRect(saved[i] < 0 ? axis - w : axis, y, w, h);
            g.setColor(Color.BLACK);
            g.drawString(String.format(Locale.ROOT, "%+.1f %%", saved[i]), axis + (saved[i] < 0 ? 0 : w) + 4,
                    y + h / 2 + 5);
        }
    }

    private static double sum(float[] v, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += v[i];
        }
        return sum;
    }

    /** Bits a sample in a square. */
    private double mean(int x0, int y0, int side) {
        double sum = 0;
        int n = 0;
        for (int y = y0; y < Math.min(raster.height(), y0 + side); y++) {
            for (int x = x0; x < Math.min(raster.width(), x0 + side); x++) {
                sum += bits[y * raster.width() + x];
                n++;
            }
        }
        return sum / n / raster.channels();
    }

    private int colour(int x, int y) {
        int at = (y * raster.width() + x) * raster.channels();
        int green = raster.channels() < 3 ? 0 : 1;
        return grey(at) << 16 | grey(at + green) << 8 | grey(at + 2 * green);
    }

    private int grey(int at) {
        return (int) ((samples[at] & 0xFFFFL) * 255 / (layout.format().levels() - 1));
    }

    /** Black, purple, red, yellow, white, for 0 to 1. */
    private static int heat(double v) {
        double[][] stops = {{0, 0, 0}, {80, 18, 123}, {214, 60, 70}, {252, 190, 60}, {255, 255, 255}};
        double at = Math.max(0, Math.min(1, v)) * (stops.length - 1);
        int i = Math.min(stops.length - 2, (int) at);
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
            rgb = rgb << 8 | (int) Math.round(stops[i][c] + (at - i) * (stops[i + 1][c] - stops[i][c]));
        }
        return rgb;
    }
}
