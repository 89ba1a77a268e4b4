package org.bbans.spark;

import java.util.Set;
import org.apache.spark.sql.connector.catalog.SupportsRead;
import org.apache.spark.sql.connector.catalog.SupportsWrite;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.connector.write.LogicalWriteInfo;
import org.apache.spark.sql.connector.write.WriteBuilder;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/** Archives as a table. */
final class ArchiveTable implements SupportsRead, SupportsWrite {

    static final String RECORD = "record";
    static final String LABEL = "label";
    static final String DATA = "data";
    static final String ARCHIVE = "archive";

    static final String PATH = "path";
    static final String TIME = "modificationTime";
    static final String LENGTH = "length";
    static final String MODE = "mode";
    static final String CONTENT = "content";
    static final String WIDTH = "width";
    static final String HEIGHT = "height";
    static final String CHANNELS = "channels";

    /** Columns of archives of records. */
    static final StructType RECORDS = new StructType().add(RECORD, DataTypes.LongType, false)
            .add(LABEL, DataTypes.BinaryType, true).add(DATA, DataTypes.BinaryType, false)
            .add(ARCHIVE, DataTypes.StringType, false);

    /** Columns of archives of folders; the first ones as Spark's own source of binary files has them. */
    static final StructType FILES = new StructType().add(PATH, DataTypes.StringType, false)
            .add(TIME, DataTypes.TimestampType, false).add(LENGTH, DataTypes.LongType, false)
            .add(CONTENT, DataTypes.BinaryType, false).add(MODE, DataTypes.IntegerType, false)
            .add(WIDTH, DataTypes.IntegerType, true).add(HEIGHT, DataTypes.IntegerType, true)
            .add(CHANNELS, DataTypes.IntegerType, true).add(ARCHIVE, DataTypes.StringType, false);

    private final StructType schema;

    /**
     * A table.
     *
     * @param schema {@link #RECORDS} or {@link #FILES}
     */
    ArchiveTable(StructType schema) {
        this.schema = schema;
    }

    @Override
    public String name() {
        return "bbans archives";
    }

    @Override
    @SuppressWarnings("deprecation") // columns() is made of it
    public StructType schema() {
        return schema;
    }

    @Override
    public Set<TableCapability> capabilities() {
        return Set.of(TableCapability.BATCH_READ, TableCapability.BATCH_WRITE, TableCapability.TRUNCATE,
                TableCapability.ACCEPT_ANY_SCHEMA);
    }

    @Override
    public ScanBuilder newScanBuilder(CaseInsensitiveStringMap options) {
        return schema.equals(FILES) ? new FileScan(options) : new RecordScan(options);
    }

    @Override
    public WriteBuilder newWriteBuilder(LogicalWriteInfo info) {
        return new ArchiveWrite(info);
    }
}
