package org.bbans.bench.ground;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import javax.imageio.ImageIO;

/** Draws the density that walkers have, and the exact one where it is known. */
final class DensityPicture {

    private static final int WIDTH = 480;
    private static final int HEIGHT = 300;
    private static final int LEFT = 44;
    private static final int BOTTOM = 262;
    private static final int TOP = 34;
    private static final int RIGHT = WIDTH - 14;
    private static final Color LEARNT = new Color(0x9c, 0xb8, 0xda);
    private static final Color EXACT = new Color(0xc8, 0x50, 0x1e);
    private static final int CURVE = 400;

    private DensityPicture() {}

    /** Writes a PNG file. */
    static void write(GroundSystem system, EnergyMeasurement measured, Path file) throws IOException {
        final BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        final Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, WIDTH, HEIGHT);
        final double most = 1.1 * Arrays.stream(measured.density()).max().orElse(1);
        draw(g, system, measured, most);
        g.dispose();
        ImageIO.write(image, "png", file.toFile());
    }

    private static void draw(Graphics2D g, GroundSystem system, EnergyMeasurement measured, double most) {
        final double scale = (RIGHT - LEFT) / (system.extent() - system.first());
        g.setColor(LEARNT);
        for (int i = 0; i < GroundSystem.BINS; i++) {
            final int x = LEFT + (RIGHT - LEFT) * i / GroundSystem.BINS;
            final int next = LEFT + (RIGHT - LEFT) * (i + 1) / GroundSystem.BINS;
            final int height = (int) Math.round(measured.density()[i] / most * (BOTTOM - TOP));
            g.fillRect(x, BOTTOM - height, next - x, height);
        }
        g.setStroke(new BasicStroke(1.8f));
        g.setColor(EXACT);
        system.density().ifPresent(density -> {
            final Path2D curve = new Path2D.Double();
            for (int i = 0; i <= CURVE; i++) {
                final double at = system.first() + (system.extent() - system.first()) * i / CURVE;
                final double x = LEFT + (at - system.first()) * scale;
                final double y = BOTTOM - density.applyAsDouble(at) / most * (BOTTOM - TOP);
                if (i == 0) {
                    curve.moveTo(x, y);
                } else {
                    curve.lineTo(x, y);
                }
            }
            g.draw(curve);
        });
        g.setColor(Color.DARK_GRAY);
        g.setStroke(new BasicStroke(1));
        g.drawLine(LEFT, BOTTOM, RIGHT, BOTTOM);
        g.drawLine(LEFT, TOP, LEFT, BOTTOM);
        g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
        for (int x = (int) Math.ceil(system.first()); x <= system.extent(); x++) {
            final int at = (int) (LEFT + (x - system.first()) * scale);
            g.drawLine(at, BOTTOM, at, BOTTOM + 4);
            g.drawString(String.valueOf(x), at - 3, BOTTOM + 16);
        }
        for (int i = 1; i <= 4; i++) {
            final double value = most / 1.1 * i / 4;
            final int y = (int) (BOTTOM - value / most * (BOTTOM - TOP));
            g.drawLine(LEFT - 4, y, LEFT, y);
            g.drawString(String.format(Locale.ROOT, "%.2f", value), 12, y + 4);
        }
        g.drawString(system.quantity().label() + "; bars: walkers" + (system.density().isPresent() ? "; line: exact"
                : ""), LEFT, HEIGHT - 8);
        g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 13));
        g.drawString(String.format(Locale.ROOT, "%s: %.4f", system.title(), measured.energy())
                + (system.exact().isPresent()
                        ? String.format(Locale.ROOT, " (exact %.4f)", system.exact().getAsDouble()) : ""),
                LEFT, 20);
    }
}
