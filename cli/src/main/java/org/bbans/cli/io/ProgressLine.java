package org.bbans.cli.io;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.bbans.codec.archive.ArchiveListener;

/** A progress bar on standard error, if that is a terminal and the work takes longer than a moment. */
public final class ProgressLine implements ArchiveListener, AutoCloseable {

    private static final long PATIENCE_NANOS = 700_000_000L;
    /** From here on whole megabytes are fine enough. */
    private static final long LARGE = 50_000_000;

    private final String task;
    private final boolean shown;
    private final Messages messages;
    private final ExpansionNote expansion;
    private final long begin = System.nanoTime();
    private long size;
    private ProgressBar bar;

    /**
     * A line of one task.
     *
     * @param name what is read, as messages call it
     * @param size bytes of content, or {@link org.bbans.codec.content.LayoutDetector#UNKNOWN_SIZE}
     */
    public ProgressLine(String task, String name, long size, Messages messages) {
        this.task = task;
        this.size = size;
        this.messages = messages;
        this.expansion = new ExpansionNote(name, messages);
        this.shown = Terminal.hasError() && !messages.quiet();
    }

    /** The content turns out to have so many bytes. */
    public void expect(long contentBytes) {
        size = contentBytes;
        if (bar != null) {
            bar.maxHint(contentBytes);
        }
    }

    @Override
    public void progress(long contentBytes) {
        if (!shown) {
            return;
        }
        if (bar == null && System.nanoTime() - begin > PATIENCE_NANOS) {
            boolean large = size < 0 || size >= LARGE;
            bar = new ProgressBarBuilder().setTaskName(task).setInitialMax(size)
                    .setUnit(large ? " MB" : " kB", large ? 1_000_000 : 1000).showSpeed()
                    .setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(250).clearDisplayOnFinish()
                    .setConsumer(new ConsoleProgressBarConsumer(System.err)).build();
        }
        if (bar != null) {
            bar.stepTo(contentBytes);
        }
    }

    @Override
    public void expands(long contentBytes, long archiveBytes) {
        expansion.expands(contentBytes, archiveBytes);
    }

    @Override
    public void fellBack(int block, String reason) {
        messages.note("block " + block + " is coded without the model: " + FileException.oneLine(reason));
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
