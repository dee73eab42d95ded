/** Reading what happened: events, their deliveries and every attempt. */
package io.fanfare.history;
