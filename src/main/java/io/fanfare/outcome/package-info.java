/** What follows from what an attempt met: decided by a pure policy, recorded in groups. */
package io.fanfare.outcome;
