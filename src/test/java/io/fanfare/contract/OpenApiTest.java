package io.fanfare.contract;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.event.EventType;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.JsonSchema;
import io.vertx.openapi.contract.MediaType;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The published description of the API agrees with itself and with the API document. */
class OpenApiTest {
  private static Vertx vertx;
  private static ApiDescription description;

  /** A value that the description shows, and the schema that it stands beside. */
  private record Example(String where, JsonSchema schema, Object value) {
    @Override
    public String toString() {
      return where;
    }
  }

  @BeforeAll
  static void load() throws Exception {
    vertx = Vertx.vertx();
    description = ApiDescription.load(vertx);
  }

  @AfterAll
  static void close() throws Exception {
    vertx.close().await(20, SECONDS);
  }

  @Test
  void canBeLoadedAsItIsPublished() throws Exception {
    OpenAPIContract published = OpenAPIContract.from(vertx, "openapi.yaml").await(20, SECONDS);
    assertThat(published.operations()).hasSameSizeAs(description.contract().operations());
  }

  @Test
  void describesEveryRoute() {
    assertThat(
            description.contract().operations().stream()
                .map(route -> route.getHttpMethod() + " " + route.getOpenAPIPath()))
        .containsExactlyInAnyOrder(
            "POST /api/webhooks",
            "GET /api/webhooks",
            "GET /api/webhooks/{webhook_id}",
            "PUT /api/webhooks/{webhook_id}",
            "DELETE /api/webhooks/{webhook_id}",
            "POST /api/webhooks/{webhook_id}/test",
            "GET /api/webhooks/{webhook_id}/deliveries",
            "GET /api/webhooks/{webhook_id}/deliveries/{delivery_id}",
            "POST /api/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
            "POST /api/webhooks/{webhook_id}/deliveries/redeliver",
            "GET /api/webhooks/{webhook_id}/redeliveries",
            "GET /api/webhooks/{webhook_id}/redeliveries/{redelivery_id}",
            "DELETE /api/webhooks/{webhook_id}/redeliveries/{redelivery_id}",
            "GET /api/webhooks/{webhook_id}/stats",
            "GET /api/event-types",
            "POST /api/events",
            "GET /api/events",
            "POST /api/events/batch",
            "GET /api/events/{event_id}",
            "GET /api/events/{event_id}/explain",
            "GET /api/deliveries/{delivery_id}/explain",
            "GET /api/deliveries/stream",
            "GET /api/overview/stream",
            "GET /api/webhooks/{webhook_id}/failures",
            "GET /api/webhooks/{webhook_id}/circuit-changes",
            "GET /api/overview",
            "GET /api/storage",
            "POST /api/keys",
            "GET /api/keys",
            "DELETE /api/keys/{key_id}",
            "GET /api/whoami",
            "GET /api/openapi.yaml",
            "GET /api/openapi.json",
            "GET /health/live",
            "GET /health/ready",
            "GET /metrics",
            "GET /docs",
            "GET /");
  }

  @Test
  void namesTheEventTypesOfTheCatalogue() {
    JsonArray types =
        ApiDescription.raw()
            .getJsonObject("components")
            .getJsonObject("schemas")
            .getJsonObject("EventType")
            .getJsonArray("enum");
    assertThat(types)
        .isEqualTo(new JsonArray(EventType.all().stream().map(EventType::type).toList()));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void showsOnlyExamplesThatAreValid(Example example) {
    assertThat(description.faults(example.schema(), example.value())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "create-webhook.request, createWebhook request",
    "create-webhook.response, createWebhook 201",
    "list-webhooks.response, listWebhooks 200",
    "get-webhook.response, getWebhook 200",
    "update-webhook.request, updateWebhook request",
    "update-webhook.response, updateWebhook 200",
    "delete-webhook.response, deleteWebhook 200",
    "test-webhook.request, testWebhook request",
    "test-webhook.response, testWebhook 200",
    "list-deliveries.response, listDeliveries 200",
    "redeliver.response, redeliver 202",
    "get-stats.response, getWebhookStats 200"
  })
  void showsTheExamplesOfTheDocument(String document, String where) {
    Example shown =
        examples().filter(example -> example.where().equals(where)).findFirst().orElseThrow();
    assertContains(document, shown.value(), Document.example(document));
  }

  @ParameterizedTest
  @CsvSource({
    "createWebhook request, {\"url\":\"https://a.example/\";\"events\":[\"*\"];\"name\":\"n\";\"x\":1}",
    "createWebhook request, {\"url\":\"https://a.example/\";\"events\":[\"test.ping\"];\"name\":\"n\"}",
    "createWebhook request, {\"url\":\"https://a.example/\";\"events\":[];\"name\":\"n\"}",
    "createWebhook request, {\"url\":\"https://a.example/\";\"events\":[\"*\"]}",
    "updateWebhook request, {\"timeout\":0.5}",
    "publishEvent request, {\"event\":\"build.completed\";\"data\":[]}",
    "publishEvent request, {\"event\":\"test.ping\";\"data\":{}}",
    "deleteWebhook 200, {\"message\":\"m\";\"webhook_id\":\"del_1\";\"deleted_at\":\"2024-01-01T12:00:00Z\"}"
  })
  void refusesWhatTheContractRefuses(String where, String json) {
    Example described =
        examples().filter(example -> example.where().equals(where)).findFirst().orElseThrow();
    // Semicolons stand for the commas that would end a CSV field.
    JsonObject value = new JsonObject(json.replace(';', ','));
    assertThat(description.faults(described.schema(), value)).isNotEmpty();
  }

  @Test
  void showsAReceiverWhatTheDocumentShows() {
    JsonObject json =
        description
            .contract()
            .getRawContract()
            .getJsonObject("webhooks")
            .getJsonObject("delivery")
            .getJsonObject("post")
            .getJsonObject("requestBody")
            .getJsonObject("content")
            .getJsonObject("application/json");
    Object shown = withoutMarks(json.getValue("example"));
    assertThat(shown).isEqualTo(Document.example("payload.build.started"));
    assertThat(description.faults(JsonSchema.of(json.getJsonObject("schema")), shown)).isEmpty();
  }

  private static Stream<Example> examples() {
    List<Example> examples = new ArrayList<>();
    for (Operation operation : description.contract().operations()) {
      String id = operation.getOperationId();
      operation
          .getParameters()
          .forEach(
              parameter -> {
                Object value = parameter.getOpenAPIModel().getValue("example");
                if (value != null) {
                  examples.add(
                      new Example(
                          id + " parameter " + parameter.getName(), parameter.getSchema(), value));
                }
              });
      if (operation.getRequestBody() != null) {
        addJson(id + " request", operation.getRequestBody().getContent(), examples);
      }
      for (int status = 100; status < 600; status++) {
        if (operation.getResponse(status) != null) {
          addJson(id + " " + status, operation.getResponse(status).getContent(), examples);
        }
      }
    }
    return examples.stream();
  }

  private static void addJson(String where, Map<String, MediaType> content, List<Example> into) {
    MediaType json = content.get("application/json");
    if (json != null) {
      Object value = json.getOpenAPIModel().getValue("example");
      assertThat(value).as("%s has an example", where).isNotNull();
      into.add(new Example(where, json.getSchema(), withoutMarks(value)));
    }
  }

  /** The value without the marks that the loader leaves in every object. */
  private static Object withoutMarks(Object value) {
    if (value instanceof JsonObject object) {
      Map<String, Object> members = new LinkedHashMap<>();
      object.stream()
          .filter(JsonSchema.EXCLUDE_ANNOTATION_ENTRIES)
          .forEach(member -> members.put(member.getKey(), withoutMarks(member.getValue())));
      return new JsonObject(members);
    }
    if (value instanceof JsonArray array) {
      JsonArray values = new JsonArray();
      array.forEach(entry -> values.add(withoutMarks(entry)));
      return values;
    }
    return value;
  }

  /** Everything that the document shows is shown, with the same values. */
  private static void assertContains(String where, Object shown, Object document) {
    if (document instanceof JsonObject object) {
      assertThat(shown).as(where).isInstanceOf(JsonObject.class);
      for (String name : object.fieldNames()) {
        assertThat(((JsonObject) shown).containsKey(name)).as("%s.%s", where, name).isTrue();
        assertContains(
            where + "." + name, ((JsonObject) shown).getValue(name), object.getValue(name));
      }
    } else if (document instanceof JsonArray array) {
      assertThat(shown).as(where).isInstanceOf(JsonArray.class);
      assertThat(((JsonArray) shown).size()).as(where).isEqualTo(array.size());
      for (int i = 0; i < array.size(); i++) {
        assertContains(where + "[" + i + "]", ((JsonArray) shown).getValue(i), array.getValue(i));
      }
    } else {
      assertThat(shown).as(where).isEqualTo(document);
    }
  }
}
