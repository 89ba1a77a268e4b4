/**
 * What the commands read and write: inputs, outputs and their names, models, messages, the terminal. Here it is made
 * sure that no file is lost: a name is given only to a complete file, a file is deleted only if it is the one that was
 * read.
 */
package org.bbans.cli.io;
