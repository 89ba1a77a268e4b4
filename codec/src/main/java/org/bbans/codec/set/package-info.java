/**
 * Records whose order does not matter: their canonical order, the multiset that they are drawn from and returned to, so
 * that their order costs nothing (Severo et al., arXiv:2107.09202), and a codec that does without a model.
 */
package org.bbans.codec.set;
