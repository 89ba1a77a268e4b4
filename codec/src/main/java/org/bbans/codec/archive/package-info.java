/**
 * Archives as streams. {@link org.bbans.codec.archive.ArchiveOutputStream} writes one,
 * {@link org.bbans.codec.archive.ArchiveInputStream} reads its content, {@link org.bbans.codec.archive.RecordReader}
 * single records of it, {@link org.bbans.codec.archive.ArchiveInfo} what it holds without decoding anything. Of a file
 * that was taken apart, such as a PNG or a gzip file, the content is what was in it: the header's wrapping and
 * {@link org.bbans.codec.content.Wrappings} restore the file, as {@code BbansInputStream} does.
 *
 * <pre>{@code
 * Layout digits = Layout.of(16, SampleFormat.U8, 28, 28);        // behind 16 bytes of header
 * Model model = new BuiltInModels().byName("mnist-fast").orElseThrow();
 * ArchiveOptions options = ArchiveOptions.DEFAULT.withRecords(digits, model.codec());
 * try (OutputStream out = new ArchiveOutputStream(Files.newOutputStream(archive), options)) {
 *     Files.copy(file, out);
 * }
 * }</pre>
 *
 * <p>Arguments and results are not null unless it says so; a null argument ends in a NullPointerException. Options and
 * summaries are immutable. A stream belongs to one thread at a time, but may be closed by another, as a reader may,
 * which threads can share.
 */
package org.bbans.codec.archive;
