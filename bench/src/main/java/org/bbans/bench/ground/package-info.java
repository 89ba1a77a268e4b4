/**
 * Ground states of quantum systems by the path integral (Barr, Gispen and Lamacraft, arXiv:2006.09044): a process with
 * a learned drift is fitted to the path measure of Feynman and Kac by the relative entropy, the loss of everything else
 * here.
 */
package org.bbans.bench.ground;
