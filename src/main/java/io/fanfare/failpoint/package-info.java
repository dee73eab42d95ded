/** Where a test can make the process die. */
package io.fanfare.failpoint;
