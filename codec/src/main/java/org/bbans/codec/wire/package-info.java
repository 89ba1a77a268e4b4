/**
 * The bytes of an archive around its payloads: header, entries of blocks, index, checksums, variable-length integers.
 * {@link org.bbans.codec.wire.HeaderFormat} comes first in an archive, {@link org.bbans.codec.wire.ArchiveIndex} last.
 */
package org.bbans.codec.wire;
