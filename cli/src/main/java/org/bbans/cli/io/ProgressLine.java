package org.bbans.cli.io;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.bbans.cli.CommonOptions;
import org.bbans.codec.archive.ArchiveListener;
import org.bbans.codec.content.LayoutDetector;

/** A progress bar on standard error, if that is a terminal and the work takes longer than a moment. */
public final class ProgressLine implements ArchiveListener, AutoCloseable {

    private static final long PATIENCE_NANOS = 700_000_000L;

    private final String task;
    private final long size;
    private final boolean shown;
    private final CommonOptions options;
    private final long begin = System.nanoTime();
    private ProgressBar bar;

    /** @param size bytes of content, or {@link LayoutDetector#UNKNOWN_SIZE} */
    public ProgressLine(String task, long size, CommonOptions options) {
        this.task = task;
        this.size = size;
        this.options = options;
        this.shown = Terminal.hasError() && !options.quiet();
    }

    @Override
    public void progress(long contentBytes) {
        if (!shown) {
            return;
        }
        if (bar == null && System.nanoTime() - begin > PATIENCE_NANOS) {
            bar = new ProgressBarBuilder().setTaskName(task).setInitialMax(size).setUnit(" MB", 1_000_000).showSpeed()
                    .setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(250)
                    .setConsumer(new ConsoleProgressBarConsumer(System.err)).build();
        }
        if (bar != null) {
            bar.stepTo(contentBytes);
        }
    }

    @Override
    public void fellBack(int block, String reason) {
        options.note("block " + block + " is coded without the model: " + FileException.oneLine(reason));
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
