/** The event bus: its addresses, and the codec that passes immutable values within this process. */
package io.fanfare.bus;
