/**
 * Takes raw DEFLATE streams (RFC 1951) apart so that they can be made again bit for bit: every choice of the encoder is
 * predicted by a model of zlib's and GNU gzip's, and what differs is kept as corrections. Begin with
 * {@link org.bbans.codec.content.deflate.DeflateRecipe}.
 *
 * <p>Written from RFC 1951 and the published description of zlib's algorithm, and checked against the output of zlib
 * 1.2.13 and GNU gzip 1.12.
 */
package org.bbans.codec.content.deflate;
