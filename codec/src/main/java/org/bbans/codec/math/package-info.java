/**
 * Elementary functions with the same bits on every machine. Begin with {@link org.bbans.codec.math.Exact}, which
 * defines them.
 */
package org.bbans.codec.math;
