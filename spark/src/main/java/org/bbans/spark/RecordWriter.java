package org.bbans.spark;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.write.DataWriter;
import org.apache.spark.sql.connector.write.DataWriterFactory;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import org.bbans.codec.archive.ArchiveInfo;
import org.bbans.codec.content.RecordShape;
import org.bbans.codec.content.Records;
import org.bbans.codec.format.Layout;
import org.bbans.codec.io.Spool;
import org.bbans.model.CompressionOptions;
import org.bbans.model.Effort;
import org.bbans.model.ModelChoice;
import org.bbans.model.RecordCompressor;

/** Makes an archive of the rows of a task. */
final class RecordWriter implements DataWriter<InternalRow> {

    static final String SHAPE = "shape";

    private static final String TEMPORARY = ".tmp";
    private static final int MAX_LABEL = 255;

    private final Factory how;
    private final Path hidden;
    private final String name;
    private final Records records;
    private final long dataBytes;
    private final Spool content = new Spool();
    private int labelBytes = -1;
    private long rows;

    /** Has all built-in models, which the tasks of a process share. */
    private static final class Standard {

        static final CompressionOptions OPTIONS = CompressionOptions.standard();

        private Standard() {}
    }

    /**
     * Makes writers on executors.
     *
     * @param folder of the archives
     * @param job a name that no other job has
     * @param label index of that column, or -1
     * @param data index of that column
     * @param options those of the user
     */
    record Factory(String folder, String job, int label, int data, Map<String, String> options)
            implements
                DataWriterFactory {

        private static final long serialVersionUID = 1;

        @Override
        public DataWriter<InternalRow> createWriter(int partition, long task) {
            return new RecordWriter(this, partition, task);
        }
    }

    private RecordWriter(Factory how, int partition, long task) {
        this.how = how;
        name = String.format(Locale.ROOT, "part-%05d-%s%s", partition, how.job(), Archives.SUFFIX);
        hidden = Path.of(how.folder(), "." + name + "." + task + TEMPORARY);
        records = RecordShape.parse(how.options().get(SHAPE), 0);
        dataBytes = records.layout().map(Layout::recordBytes).orElseThrow();
    }

    /** Whether a file is an archive that a job has finished. */
    static boolean isPart(String file, String job) {
        return file.startsWith("part-") && file.endsWith("-" + job + Archives.SUFFIX);
    }

    /** Whether a file is an unfinished archive of a job. */
    static boolean isHidden(String file, String job) {
        return file.startsWith(".part-") && file.contains("-" + job + Archives.SUFFIX + ".")
                && file.endsWith(TEMPORARY);
    }

    /**
     * How hard to try, as the options say it.
     *
     * @throws IllegalArgumentException if they say something else
     */
    static Effort effort(Map<String, String> options) {
        String name = options.getOrDefault("effort", Effort.BALANCED.name());
        for (Effort effort : Effort.values()) {
            if (effort.name().equalsIgnoreCase(name)) {
                return effort;
            }
        }
        throw new IllegalArgumentException("the option effort is one of "
                + Arrays.toString(Effort.values()).toLowerCase(Locale.ROOT) + ", not " + name);
    }

    @Override
    public void write(InternalRow row) throws IOException {
        byte[] label = how.label() < 0 || row.isNullAt(how.label()) ? new byte[0] : row.getBinary(how.label());
        byte[] data = row.isNullAt(how.data()) ? new byte[0] : row.getBinary(how.data());
        labelBytes = labelBytes < 0 ? label.length : labelBytes;
        if (label.length != labelBytes || label.length > MAX_LABEL || data.length != dataBytes) {
            throw new IOException("row " + rows + " of the partition has " + label.length + " bytes of label and "
                    + data.length + " of data, not " + labelBytes + " and " + dataBytes + " (shape "
                    + how.options().get(SHAPE) + "; labels of a partition are of one length, at most " + MAX_LABEL
                    + ")");
        }
        content.write(label);
        content.write(data);
        rows++;
    }

    @Override
    public WriterCommitMessage commit() throws IOException {
        if (rows == 0) {
            return new ArchiveWrite.Written(null, name);
        }
        Files.createDirectories(hidden.getParent());
        try (InputStream in = content.open();
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(hidden), 1 << 16)) {
            new RecordCompressor(options()).compress(in, content.size(), out);
        }
        Layout layout = ArchiveInfo.read(hidden).header().layout();
        if (layout.isOpaque()) {
            throw new IOException("no model codes these records, so that the archive would know none of them: name "
                    + "one that fits " + how.options().get(SHAPE) + " by the option model");
        }
        return new ArchiveWrite.Written(hidden.toString(), name);
    }

    private CompressionOptions options() throws IOException {
        Optional<ModelChoice> model = Archives.model(how.options());
        boolean embed = Boolean.parseBoolean(how.options().getOrDefault("embed", "false"));
        CompressionOptions options = model.isPresent()
                ? CompressionOptions.plain().withModels(model.get().withEmbedded(embed)) : Standard.OPTIONS;
        return options.withEffort(effort(how.options())).withThreads(1)
                .withRecords(records.prefixed(Math.max(0, labelBytes)));
    }

    @Override
    public void abort() throws IOException {
        Files.deleteIfExists(hidden);
    }

    @Override
    public void close() throws IOException {
        content.close();
    }
}
