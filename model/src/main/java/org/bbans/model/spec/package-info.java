/**
 * Descriptions of models: which networks there are, how large they are, which tensors they need. Begin with
 * {@link org.bbans.model.spec.ModelSpec}.
 */
package org.bbans.model.spec;
