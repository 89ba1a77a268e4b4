/**
 * Archives of many files. {@link org.bbans.codec.collection.CollectionWriter} writes one, batch
 * by batch: a directory of {@link org.bbans.codec.collection.CollectionEntry entries}, and the streams in which their
 * bytes lie, each a complete archive. {@link org.bbans.codec.collection.CollectionReader} reads them,
 * from a file or a pipe.
 *
 * <p>No argument or result is null unless it says so. Entries are immutable; a writer, and a reader with its batches,
 * belong to one thread at a time.
 */
package org.bbans.codec.collection;
