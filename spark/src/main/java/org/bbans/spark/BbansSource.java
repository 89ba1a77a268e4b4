package org.bbans.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableProvider;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.sources.DataSourceRegister;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/** The data source {@code bbans}. */
public final class BbansSource implements TableProvider, DataSourceRegister {

    /** {@inheritDoc} */
    public BbansSource() {}

    @Override
    public String shortName() {
        return "bbans";
    }

    /** The columns that the first archive has; those of records if there is none yet. */
    @Override
    public StructType inferSchema(CaseInsensitiveStringMap options) {
        try {
            return Archives.holdFiles(options) ? ArchiveTable.FILES : ArchiveTable.RECORDS;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Table getTable(StructType schema, Transform[] partitioning, Map<String, String> properties) {
        return new ArchiveTable(schema);
    }
}
