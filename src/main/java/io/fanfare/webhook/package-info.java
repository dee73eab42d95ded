/** Registrations: what they are, their store, and the index "which webhooks match this event". */
package io.fanfare.webhook;
