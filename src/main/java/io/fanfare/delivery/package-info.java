/**
 * HTTP out: one verticle per webhook with work, its window and circuit, attempts, signatures, the
 * address guard.
 */
package io.fanfare.delivery;
