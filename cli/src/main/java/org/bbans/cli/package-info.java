/** The {@code bbans} command. */
package org.bbans.cli;
