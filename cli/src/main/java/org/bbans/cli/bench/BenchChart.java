package org.bbans.cli.bench;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.bbans.cli.io.FileException;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler;

/** Draws comparisons. Kept apart, as the library for it is not part of the distribution. */
public final class BenchChart {

    private static final int WIDTH = 1000;
    private static final int HEIGHT = 480;

    private BenchChart() {}

    public static void draw(List<PeerComparison> comparisons, Path file) throws FileException {
        System.setProperty("java.awt.headless", "true");
        try {
            List<CategoryChart> charts = comparisons.stream().map(BenchChart::chart).toList();
            try (var out = Files.newOutputStream(file)) {
                if (charts.size() == 1) {
                    BitmapEncoder.saveBitmap(charts.get(0), out, BitmapEncoder.BitmapFormat.PNG);
                } else {
                    BitmapEncoder.saveBitmap(charts, charts.size(), 1, out, BitmapEncoder.BitmapFormat.PNG);
                }
            }
        } catch (IOException e) {
            throw FileException.of(file.toString(), e);
        } catch (NoClassDefFoundError e) {
            throw new FileException(file.toString(),
                    "charts need XChart in lib-extra, which is not there; run ./bbans bench"
                            + " in the source tree once");
        }
    }

    private static CategoryChart chart(PeerComparison c) {
        String unit = c.records() == 0 ? "bits/byte" : "bits/dim";
        CategoryChart chart = new CategoryChartBuilder().width(WIDTH).height(HEIGHT)
                .title(Path.of(c.file()).getFileName() + ": " + unit + " of the compressed file").yAxisTitle(unit)
                .build();
        List<String> coders = c.rows().stream().map(PeerComparison.Row::coder).toList();
        chart.addSeries("file", coders, c.rows().stream().map(PeerComparison.Row::bitsPerDim).toList())
                .setFillColor(new Color(0x30, 0x60, 0xA0));
        if (c.rows().stream().map(PeerComparison.Row::elbo).anyMatch(Objects::nonNull)) {
            chart.addSeries("ELBO of the model", coders,
                    c.rows().stream().map(PeerComparison.Row::elbo).collect(Collectors.toList()))
                    .setFillColor(new Color(0xE0, 0x90, 0x30));
        }
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE).setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setAvailableSpaceFill(0.7).setLabelsVisible(true).setLabelsRotation(0);
        chart.getStyler().setXAxisLabelRotation(20).setYAxisDecimalPattern("0.00");
        return chart;
    }
}
