/**
 * Archives as a data source of Apache Spark 4, which finds it by the name {@code bbans}:
 *
 * <pre>
 * Dataset&lt;Row&gt; digits = spark.read().format("bbans").load("digits.bba");
 * digits.write().format("bbans").option("shape", "28x28").mode("append").save("folder");
 * </pre>
 *
 * <p>A row is a record: its number in the archive, the bytes before its samples as {@code label} (null if there are
 * none), its samples' bytes as {@code data}, and the {@code archive}. A partition is a block, or a learning group of
 * blocks, of one archive. Nothing is decoded for columns that are not asked for, nor for blocks without records that
 * the conditions on {@code record} let through.
 *
 * <p>Writing makes an archive of every partition that is not empty, of its rows in their order. Options: {@code shape}
 * (needed; as {@code --record-shape} has it), {@code model} (the name of a built-in one, or a file; otherwise one is
 * chosen) and {@code embed} (whether the archives hold it), {@code effort} ({@code fast}, {@code balanced},
 * {@code best}). Archives appear under their names when the whole job is done, and no failed task leaves one.
 *
 * <p>All paths are of file systems that every executor sees as files. Reading takes {@code model} too, for archives
 * whose model is neither built in nor embedded.
 */
package org.bbans.spark;
