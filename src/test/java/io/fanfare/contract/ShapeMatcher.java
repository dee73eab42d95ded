package io.fanfare.contract;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Compares the shape of an answer with an example of the API document: the same members of the same
 * JSON types, none missing, and none more than the contract adds. A member that is {@code null} in
 * the example may have any type; each entry of an array must look like one of the example's.
 *
 * <p>Paths are dotted, and {@code []} stands for every entry of an array: {@code
 * webhooks[].circuit}.
 */
public final class ShapeMatcher {
  private final JsonObject example;
  private final Set<String> added = new HashSet<>();
  private final Set<String> free = new HashSet<>();

  private ShapeMatcher(JsonObject example) {
    this.example = example;
  }

  /** A matcher for any example. */
  public static ShapeMatcher of(JsonObject example) {
    return new ShapeMatcher(example);
  }

  /** A matcher for an answer in the document, such as {@code create-webhook.response}. */
  public static ShapeMatcher ofDocument(String name) {
    ShapeMatcher matcher = new ShapeMatcher(Document.example(name));
    switch (name) {
      case "create-webhook.response" ->
          matcher.adding("stats.pending_deliveries", "circuit", "disabled_reason").free("headers");
      case "list-webhooks.response" ->
          matcher.adding(
              "webhooks[].stats.pending_deliveries",
              "webhooks[].stats.average_response_time",
              "webhooks[].timeout",
              "webhooks[].retry_policy",
              "webhooks[].circuit",
              "webhooks[].disabled_reason",
              "pagination.next_cursor");
      case "get-webhook.response" ->
          matcher
              .adding(
                  "stats.pending_deliveries",
                  "circuit",
                  "disabled_reason",
                  "recent_deliveries[].test")
              .free("headers");
      case "test-webhook.response" -> matcher.adding("error");
      case "list-deliveries.response" ->
          matcher
              .adding(
                  "deliveries[].test",
                  "deliveries[].payload.webhook_id",
                  "deliveries[].payload.delivery_id",
                  "pagination.next_cursor")
              .free("deliveries[].payload.data");
      case "get-stats.response" -> matcher.adding("hourly_stats", "weekly_stats", "monthly_stats");
      default -> {
        // Nothing is added to the other answers.
      }
    }
    return matcher.adding("retry_policy.retry_on_status", "retry_policy.retry_on_timeout");
  }

  /** Members that may be there beside those of the example. */
  public ShapeMatcher adding(String... paths) {
    added.addAll(List.of(paths));
    return this;
  }

  /** Members whose content is the user's own: only their type is compared. */
  public ShapeMatcher free(String... paths) {
    free.addAll(List.of(paths));
    return this;
  }

  /** One sentence for each difference; empty where the shapes agree. */
  public List<String> differences(JsonObject actual) {
    List<String> differences = new ArrayList<>();
    compareObjects("", example, actual, differences);
    return differences;
  }

  private void compare(String path, Object expected, Object actual, List<String> into) {
    if (expected == null) {
      return;
    }
    if (!type(expected).equals(type(actual))) {
      into.add(path + " is " + type(actual) + " instead of " + type(expected));
    } else if (free.contains(path)) {
      return;
    } else if (expected instanceof JsonObject object) {
      compareObjects(path + ".", object, (JsonObject) actual, into);
    } else if (expected instanceof JsonArray array) {
      compareArrays(path + "[]", array, (JsonArray) actual, into);
    }
  }

  private void compareObjects(
      String prefix, JsonObject expected, JsonObject actual, List<String> into) {
    for (String name : expected.fieldNames()) {
      if (actual.containsKey(name)) {
        compare(prefix + name, expected.getValue(name), actual.getValue(name), into);
      } else {
        into.add(prefix + name + " is missing");
      }
    }
    for (String name : actual.fieldNames()) {
      if (!expected.containsKey(name) && !added.contains(prefix + name)) {
        into.add(prefix + name + " is not in the document");
      }
    }
  }

  private void compareArrays(String path, JsonArray expected, JsonArray actual, List<String> into) {
    for (Object entry : actual) {
      List<String> nearest = null;
      for (Object candidate : expected) {
        List<String> differences = new ArrayList<>();
        compare(path, candidate, entry, differences);
        if (nearest == null || differences.size() < nearest.size()) {
          nearest = differences;
        }
      }
      if (nearest != null) {
        into.addAll(nearest);
      }
    }
  }

  private static String type(Object value) {
    if (value == null) {
      return "null";
    }
    if (value instanceof JsonObject) {
      return "an object";
    }
    if (value instanceof JsonArray) {
      return "an array";
    }
    if (value instanceof Number) {
      return "a number";
    }
    return value instanceof Boolean ? "a boolean" : "a string";
  }
}
