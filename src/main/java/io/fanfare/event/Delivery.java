package io.fanfare.event;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One event for one webhook, on its way.
 *
 * @param webhook the webhook's number
 * @param attempts ended attempts so far, probes of an open circuit included
 * @param probes those of them that were probes
 * @param open the flush that holds it in the open set; null where the database knows it as waiting
 *     ({@code due_at} set)
 * @param window whose permit it holds
 */
public record Delivery(
    int webhook,
    UUID id,
    Event event,
    int attempts,
    int probes,
    OpenSet.@Nullable Flush open,
    Window window) {

  /** Bytes of payload it keeps in memory. */
  public int bytes() {
    return event.data().length();
  }

  /**
   * Lets go of the permit and of the open set: the delivery is ended, waits in the database, or
   * never was.
   */
  public void letGo() {
    window.release(bytes());
    if (open != null) {
      open.closed();
    }
  }
}
