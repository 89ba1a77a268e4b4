/**
 * Training of models of images: {@link org.bbans.model.train.image.ImageTraining} draws crops of images that lie in
 * files, and lets the learner of the archive take its steps on them. Needs no ND4J.
 */
package org.bbans.model.train.image;
