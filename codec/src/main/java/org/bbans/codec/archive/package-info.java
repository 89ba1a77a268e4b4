/**
 * Archives as streams. {@link org.bbans.codec.archive.ArchiveOutputStream} writes one,
 * {@link org.bbans.codec.archive.ArchiveInputStream} reads its content, {@link org.bbans.codec.archive.RecordReader}
 * single records of it, {@link org.bbans.codec.archive.ArchiveInfo} what it holds without decoding anything.
 */
package org.bbans.codec.archive;
