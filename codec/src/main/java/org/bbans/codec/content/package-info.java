/**
 * Finds the records in a file by looking at its content, and views them in the shape that a model was trained on.
 *
 * <p>No argument or result is null. All values are immutable, and everything may be shared by threads.
 */
package org.bbans.codec.content;
