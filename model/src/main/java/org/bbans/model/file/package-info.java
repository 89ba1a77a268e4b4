/**
 * Model files: a description and weights as safetensors, checked against each other. Begin with
 * {@link org.bbans.model.file.ModelFile}.
 */
package org.bbans.model.file;
