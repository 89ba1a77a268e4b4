/**
 * Takes PNG files apart so that they can be put together again byte for byte: the pixels are coded as a Netpbm image,
 * and what the file has beyond them is kept. Begin with {@link org.bbans.codec.content.png.PngWrapping}.
 */
package org.bbans.codec.content.png;
