/**
 * Archives of many files. {@link org.bbans.codec.collection.CollectionWriter} writes one, batch
 * by batch: a directory of {@link org.bbans.codec.collection.CollectionEntry entries}, and the streams in which their
 * bytes lie, each a complete archive. {@link org.bbans.codec.collection.CollectionReader} reads them,
 * from a file or a pipe.
 */
package org.bbans.codec.collection;
