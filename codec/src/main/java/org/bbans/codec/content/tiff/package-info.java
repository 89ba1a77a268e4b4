/**
 * Reads the directories of TIFF files, and takes those apart whose pixels are packed by DEFLATE or LZW: these are coded
 * as Netpbm images, and what the file has beyond them is kept. Begin with
 * {@link org.bbans.codec.content.tiff.TiffWrapping}.
 */
package org.bbans.codec.content.tiff;
