package io.fanfare.delivery;

import io.fanfare.event.Event;
import java.util.UUID;

/** What the management of webhooks asks of a webhook's supervisor. */
sealed interface Control {
  /** The webhook's number. */
  int webhook();

  /** It was changed; the answer comes when that is in force. */
  record Changed(int webhook, boolean activated, boolean closeCircuit) implements Control {}

  /** It is deleted; the answer comes when no new attempt starts any more. */
  record Deleted(int webhook) implements Control {}

  /** Where a delivery stands: the answer is a {@link Standing}. */
  record Stand(int webhook, UUID delivery) implements Control {}

  /** A test: the answer is the outcome. */
  record Test(int webhook, Event event, UUID delivery) implements Control {}
}
