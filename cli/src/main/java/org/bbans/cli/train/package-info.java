/** The options of {@code bbans train}, and the presets that choose those which are left open. */
package org.bbans.cli.train;
