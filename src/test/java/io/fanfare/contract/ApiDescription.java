package io.fanfare.contract;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.OutputUnit;
import io.vertx.openapi.contract.OpenAPIContract;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The published description of the API, {@code openapi.yaml}, read more strictly than it is
 * published: a response with a member that is not described is at fault too. Clients must be ready
 * for new members; our tests must not be.
 */
public final class ApiDescription {
  private static final String RESOURCE = "/openapi.yaml";

  private final OpenAPIContract contract;

  private ApiDescription(OpenAPIContract contract) {
    this.contract = contract;
  }

  /** Loads the description, within 20 seconds. */
  public static ApiDescription load(Vertx vertx) throws Exception {
    JsonObject closed = raw();
    close(closed);
    return new ApiDescription(OpenAPIContract.from(vertx, closed).await(20, SECONDS));
  }

  /** The description as it is published. */
  public static JsonObject raw() {
    try (InputStream in = ApiDescription.class.getResourceAsStream(RESOURCE)) {
      Map<String, Object> map = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
      return new JsonObject(new JsonObject(map).encode());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE, e);
    }
  }

  /** The description as Vert.x understands it. */
  public OpenAPIContract contract() {
    return contract;
  }

  /**
   * What is wrong with an answer; empty where nothing is.
   *
   * @param operationId such as {@code createWebhook}
   */
  public List<String> faultsOfResponse(String operationId, int status, JsonObject body) {
    var operation = contract.operation(operationId);
    if (operation == null) {
      return List.of("there is no operation " + operationId);
    }
    var response = operation.getResponse(status);
    if (response == null) {
      return List.of(operationId + " does not describe the status " + status);
    }
    var json = response.getContent().get("application/json");
    if (json == null) {
      return List.of(operationId + " describes no JSON for the status " + status);
    }
    return faults(json.getSchema(), body);
  }

  /** What is wrong with a value of a schema that has a name, such as {@code Moment}. */
  public List<String> faultsOf(String component, JsonObject value) {
    JsonObject schema =
        contract
            .getRawContract()
            .getJsonObject("components")
            .getJsonObject("schemas")
            .getJsonObject(component);
    return faults(JsonSchema.of(schema), value);
  }

  /** What is wrong with a value; empty where nothing is. */
  public List<String> faults(JsonSchema schema, Object value) {
    OutputUnit unit = contract.getSchemaRepository().validator(schema).validate(value);
    if (Boolean.TRUE.equals(unit.getValid())) {
      return List.of();
    }
    return unit.getErrors().stream()
        .map(error -> error.getInstanceLocation() + ": " + error.getError())
        .toList();
  }

  /** Forbids what is not described, in every schema that lists members and does not say more. */
  private static void close(Object value) {
    if (value instanceof JsonObject object) {
      object.forEach(member -> close(member.getValue()));
      boolean schema =
          "object".equals(object.getValue("type"))
              && object.getValue("properties") instanceof JsonObject;
      if (schema && !object.containsKey("additionalProperties")) {
        object.put("additionalProperties", false);
      }
    } else if (value instanceof JsonArray array) {
      array.forEach(ApiDescription::close);
    }
  }
}
