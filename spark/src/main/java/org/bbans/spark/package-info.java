/**
 * Archives as a data source of Apache Spark 4, which finds it by the name {@code bbans}:
 *
 * <pre>{@code
 * Dataset<Row> digits = spark.read().format("bbans").load("digits.bba");
 * digits.write().format("bbans").option("shape", "28x28").mode("append").save("folder");
 * Dataset<Row> photos = spark.read().format("bbans").load("photos.bba").filter("path like '%.png'");
 * }</pre>
 *
 * <p>A row is a record: its number in the archive as {@code record}, the bytes before its samples as {@code label}
 * (null if there are none), its samples' bytes as {@code data}, and the {@code archive}. A partition is a block, or a
 * learning group of blocks, of one archive. Nothing is decoded for columns that are not asked for, nor for blocks
 * without records that the conditions on {@code record} let through.
 *
 * <p>A row of an archive of a folder is a file: {@code path}, {@code modificationTime}, {@code length},
 * {@code content}, as Spark's source of binary files has them, {@code mode}, and {@code width}, {@code height} and
 * {@code channels} of the first image that is found in it (null if none is). Folders and links are no rows. A partition
 * is a batch of up to a gibibyte of files, which a task decodes once into memory or a temporary file; nothing is for
 * path, time, length and mode, nor for files that are known not to be wanted by conditions on {@code path}, unless they
 * share a stream with one that is. The first archive says which columns there are; all others must be of its kind.
 *
 * <p>Writing makes an archive of every partition that is not empty, of its rows in their order. Options: {@code shape}
 * (needed; as {@code --record-shape} has it), {@code model} (the name of a built-in one, or a file; otherwise one is
 * chosen) and {@code embed} (whether the archives hold it), {@code effort} ({@code fast}, {@code balanced},
 * {@code best}). Archives appear under their names when the whole job is done, and no failed task leaves one.
 *
 * <p>All paths are of file systems that every executor sees as files. Reading takes {@code model} too, for archives
 * whose model is neither built in nor embedded. Spark calls everything here, with its own threads.
 */
package org.bbans.spark;
