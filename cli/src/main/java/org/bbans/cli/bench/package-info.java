/** Comparisons with other compressors; needs libraries that are not part of the distribution. */
package org.bbans.cli.bench;
