/**
 * Deterministic network arithmetic. Every output element owns one chain of fused multiply-adds, its inputs in ascending
 * order, starting from the bias; engines vectorise across elements and never along a sum, so they give the same bits.
 */
package org.bbans.model.net;
