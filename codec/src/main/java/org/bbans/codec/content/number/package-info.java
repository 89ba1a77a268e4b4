/**
 * Files of numbers, in binary or as text, of which smaller samples are made: arrays of few different values and tables
 * of integers.
 */
package org.bbans.codec.content.number;
