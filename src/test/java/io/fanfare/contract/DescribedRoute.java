package io.fanfare.contract;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A route as {@code openapi.yaml} has it.
 *
 * @param path with its parameters in braces
 * @param body the example of its request; null where it takes none
 * @param open whether it asks for no API key
 * @param statuses all that it may answer
 */
public record DescribedRoute(
    String operationId,
    String method,
    String path,
    List<Parameter> parameters,
    JsonObject body,
    boolean open,
    Set<Integer> statuses) {
  private static final Set<String> METHODS = Set.of("get", "post", "put", "delete");

  /**
   * A parameter.
   *
   * @param in {@code path}, {@code query} or {@code header}
   */
  public record Parameter(String in, String name) {}

  /** All of them, in the order of the description. */
  public static List<DescribedRoute> all() {
    JsonObject description = ApiDescription.raw();
    List<DescribedRoute> routes = new ArrayList<>();
    description
        .getJsonObject("paths")
        .forEach(
            entry -> {
              JsonObject path = (JsonObject) entry.getValue();
              for (String method : path.fieldNames()) {
                if (METHODS.contains(method)) {
                  routes.add(of(description, method, entry.getKey(), path));
                }
              }
            });
    return routes;
  }

  private static DescribedRoute of(
      JsonObject description, String method, String name, JsonObject path) {
    JsonObject operation = path.getJsonObject(method);
    List<Parameter> parameters = new ArrayList<>();
    for (JsonObject holder : List.of(path, operation)) {
      for (Object each : holder.getJsonArray("parameters", new JsonArray())) {
        JsonObject parameter = resolved(description, (JsonObject) each);
        parameters.add(new Parameter(parameter.getString("in"), parameter.getString("name")));
      }
    }
    JsonObject request = operation.getJsonObject("requestBody");
    Set<Integer> statuses = new TreeSet<>();
    operation
        .getJsonObject("responses")
        .fieldNames()
        .forEach(status -> statuses.add(Integer.valueOf(status)));
    return new DescribedRoute(
        operation.getString("operationId"),
        method.toUpperCase(Locale.ROOT),
        name,
        List.copyOf(parameters),
        request == null
            ? null
            : request
                .getJsonObject("content")
                .getJsonObject("application/json")
                .getJsonObject("example"),
        operation.containsKey("security"),
        statuses);
  }

  private static JsonObject resolved(JsonObject description, JsonObject value) {
    String reference = value.getString("$ref");
    if (reference == null) {
      return value;
    }
    JsonObject found = description;
    for (String part : reference.substring("#/".length()).split("/", -1)) {
      found = found.getJsonObject(part);
    }
    return found;
  }

  /** Whether its answer goes on until somebody ends it. */
  public boolean isStream() {
    return path.endsWith("/stream");
  }

  /** Names of its parameters of a kind. */
  public List<String> names(String in) {
    return parameters.stream()
        .filter(parameter -> parameter.in().equals(in))
        .map(Parameter::name)
        .toList();
  }

  /** The path with these values instead of its parameters. */
  public String pathWith(Map<String, String> values) {
    String filled = path;
    for (String name : names("path")) {
      filled = filled.replace("{" + name + "}", values.get(name));
    }
    return filled;
  }

  @Override
  public String toString() {
    return method + " " + path;
  }
}
