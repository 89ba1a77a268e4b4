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

    static final StructType SCHEMA = new StructType().add(RECORD, DataTypes.LongType, false)
            .add(LABEL, DataTypes.BinaryType, true).add(DATA, DataTypes.BinaryType, false)
            .add(ARCHIVE, DataTypes.StringType, false);

    @Override
    public String name() {
        return "bbans archives";
    }

    @Override
    @SuppressWarnings("deprecation") // columns() is made of it
    public StructType schema() {
        return SCHEMA;
    }

    @Override
    public Set<TableCapability> capabilities() {
        return Set.of(TableCapability.BATCH_READ, TableCapability.BATCH_WRITE, TableCapability.TRUNCATE,
                TableCapability.ACCEPT_ANY_SCHEMA);
    }

    @Override
    public ScanBuilder newScanBuilder(CaseInsensitiveStringMap options) {
        return new ArchiveScan(options);
    }

    @Override
    public WriteBuilder newWriteBuilder(LogicalWriteInfo info) {
        return new ArchiveWrite(info);
    }
}
