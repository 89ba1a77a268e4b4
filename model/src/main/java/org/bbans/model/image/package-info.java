/**
 * Images of any size, learnt while they are coded: local least squares, a small network on inputs without a scale,
 * and adaptive coding in binary decisions.
 */
package org.bbans.model.image;
