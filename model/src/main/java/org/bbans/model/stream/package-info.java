/**
 * Archives as one more format of Apache Commons Compress, which finds
 * {@link org.bbans.model.stream.BbansStreamProvider} by itself on the class path, and on the module path with
 * {@code --add-modules ALL-MODULE-PATH}. It then knows the name {@code bbans}:
 *
 * <pre>{@code
 * CompressorStreamFactory factory = new CompressorStreamFactory();
 * try (OutputStream out = factory.createCompressorOutputStream("bbans", Files.newOutputStream(archive))) {
 *     Files.copy(digits, out);
 * }
 * try (InputStream in = factory.createCompressorInputStream("bbans", Files.newInputStream(archive))) {
 *     Files.copy(in, copy);
 * }
 * }</pre>
 *
 * <p>Nothing else needs Commons Compress, which is an optional dependency. No argument or result here is null. A
 * provider may be used by any number of threads, a stream by one at a time.
 */
package org.bbans.model.stream;
