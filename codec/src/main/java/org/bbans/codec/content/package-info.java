/** Finds the records in a file by looking at its content, and views them in the shape that a model was trained on. */
package org.bbans.codec.content;
