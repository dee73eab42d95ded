package io.fanfare.webhook;

import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The statements of one list. Texts from a handful of fixed parts: each condition stands in the
 * text only where it is asked for, because an optional one would keep its index from being used.
 */
final class WebhookListSql {
  private final WebhookQuery query;
  private final List<@Nullable Object> parameters = new ArrayList<>();
  private final String filter;

  WebhookListSql(WebhookQuery query) {
    this.query = query;
    StringBuilder text = new StringBuilder(" from webhook where deleted_at is null");
    if (query.projectId() != null) {
      text.append(" and project_id = ").append(parameter(query.projectId(), "text"));
    }
    if (query.active() != null) {
      text.append(query.active() ? " and active" : " and not active");
    }
    this.filter = text.toString();
  }

  /** Counts all entries. */
  String count() {
    return "select count(*)" + filter;
  }

  Tuple countParameters() {
    return Tuple.from(parameters);
  }

  /** Reads the part of the list that is asked for. */
  String page() {
    String sort = query.sort().expression();
    String direction = query.ascending() ? "asc" : "desc";
    int next = parameters.size();
    String place =
        query.after() == null
            ? ""
            : " and (%s, id) %s ($%d::%s, $%d::uuid)"
                .formatted(
                    sort, query.ascending() ? ">" : "<", next + 3, query.sort().type(), next + 4);
    return "select %s%s%s order by %s %s, id %s limit $%d::int4 offset $%d::int8"
        .formatted(
            WebhookRow.COLUMNS, filter, place, sort, direction, direction, next + 1, next + 2);
  }

  Tuple pageParameters() {
    List<@Nullable Object> values = new ArrayList<>(parameters);
    values.add(query.fetch());
    values.add(query.offset());
    WebhookQuery.Place after = query.after();
    if (after != null) {
      values.add(
          query.sort().byTime()
              ? Instant.parse(after.value()).atOffset(ZoneOffset.UTC)
              : after.value());
      values.add(after.id());
    }
    return Tuple.from(values);
  }

  private String parameter(Object value, String type) {
    parameters.add(value);
    return "$" + parameters.size() + "::" + type;
  }
}
