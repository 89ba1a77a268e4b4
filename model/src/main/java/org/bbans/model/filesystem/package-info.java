/**
 * Archives of folders as file systems that can be read, with all that {@link java.nio.file.Files} offers.
 * {@link org.bbans.model.filesystem.BbansFileSystemProvider} is found by itself on the class path, and on the module
 * path with {@code --add-modules ALL-MODULE-PATH}:
 *
 * <pre>{@code
 * try (FileSystem photos = FileSystems.newFileSystem(folder);
 *         Stream<Path> all = Files.walk(photos.getPath("/"))) {
 *     for (Path photo : all.filter(Files::isRegularFile).toList()) {
 *         System.out.println(photo + ": " + Files.size(photo) + " bytes, " + Files.readAllBytes(photo).length);
 *     }
 * }
 * }</pre>
 *
 * <p>Directories alone are read at first, and {@code Files.walk} decodes nothing. For the first file that is opened the
 * bytes that it needs are decoded; with a second one of the same batch (up to a gibibyte of files) all of that batch,
 * once, into memory up to 16 MiB and into a temporary file beyond, which goes when the file system is closed.
 *
 * <p>Links are followed within the archive; one that leads out of it leads nowhere. A name that is not UTF-8 shows
 * its bytes beyond ASCII, and backslashes, as {@code \xHH}; so does one that has such characters itself. Modes are
 * attributes of the view {@code bbans}, as in {@code Files.getAttribute(path, "bbans:mode")}. No argument or result is
 * null unless {@code java.nio.file} says so. Everything may be shared by threads, but streams, channels and directory
 * streams.
 */
package org.bbans.model.filesystem;
