/**
 * Distributions of symbols as integer cumulative counts, exact on every machine. Begin with
 * {@link org.bbans.codec.distribution.Distribution}, what each promises, and
 * {@link org.bbans.codec.distribution.DistributionCodec}, which codes symbols by one. Each is a sealed type with plain
 * loops and a twin of vectors, which gives the same bits.
 *
 * <p>No argument or result is null. Distributions and their codecs hold working memory: each belongs to one thread at a
 * time.
 */
package org.bbans.codec.distribution;
