package io.fanfare.webhook;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A part of the list of webhooks.
 *
 * @param projectId only those of that project; null for all
 * @param active only those that are, or are not; null for all
 * @param after the place from which to go on; null for the start of the list
 * @param fetch entries to read at most
 * @param offset entries to skip
 */
public record WebhookQuery(
    @Nullable String projectId,
    @Nullable Boolean active,
    Sort sort,
    boolean ascending,
    @Nullable Place after,
    int fetch,
    long offset) {

  /** By what the list is sorted; ties are sorted by id, in the same direction. */
  public enum Sort {
    CREATED_AT("created_at", "timestamptz"),
    UPDATED_AT("updated_at", "timestamptz"),
    NAME("name collate \"C\"", "text"),
    URL("url collate \"C\"", "text");

    private final String expression;
    private final String type;

    Sort(String expression, String type) {
      this.expression = expression;
      this.type = type;
    }

    String expression() {
      return expression;
    }

    String type() {
      return type;
    }

    /** Whether the list is sorted by a time. */
    public boolean byTime() {
      return type.equals("timestamptz");
    }
  }

  /**
   * The place of an entry in the list.
   *
   * @param value what it is sorted by: a text, or a time as {@link java.time.Instant#toString} has
   *     it
   */
  public record Place(String value, UUID id) {}

  /** The place of a webhook in this list. */
  public Place placeOf(Webhook webhook) {
    return new Place(
        switch (sort) {
          case CREATED_AT -> webhook.createdAt().toString();
          case UPDATED_AT -> webhook.updatedAt().toString();
          case NAME -> webhook.name();
          case URL -> webhook.url();
        },
        webhook.id());
  }
}
