/** The command line. */
package io.fanfare.cli;
