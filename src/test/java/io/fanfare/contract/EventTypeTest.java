package io.fanfare.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.event.EventType;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The catalogue of event types and their samples. */
class EventTypeTest {
  @Test
  void listsTheTypesInTheOrderOfTheDocument() {
    assertThat(EventType.all().stream().map(EventType::type))
        .containsExactly(
            "project.created",
            "project.updated",
            "project.deleted",
            "build.started",
            "build.completed",
            "build.failed",
            "deployment.started",
            "deployment.completed",
            "deployment.failed",
            "collaboration.invited",
            "collaboration.joined",
            "collaboration.left",
            "file.created",
            "file.updated",
            "file.deleted",
            "user.registered",
            "user.login",
            "user.logout",
            "security.alert");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "build.started",
        "build.completed",
        "build.failed",
        "deployment.completed",
        "collaboration.invited",
        "file.updated",
        "security.alert"
      })
  void takesTheSamplesOfTheDocumentAsTheyAre(String type) {
    JsonObject document = Document.example("payload." + type);
    JsonObject sample = EventType.find(type).orElseThrow().sample();
    assertThat(sample.getString("timestamp")).isEqualTo(document.getString("timestamp"));
    // Compared as text: the order of the members counts too.
    assertThat(sample.getJsonObject("data").encode())
        .isEqualTo(document.getJsonObject("data").encode());
  }

  @ParameterizedTest
  @CsvSource({
    "project.created, project_id project_name description created_by created_at project_url",
    "project.updated, project_id project_name updated_by updated_at changes project_url",
    "project.deleted, project_id project_name deleted_by deleted_at",
    "deployment.started, deployment_id build_id project_id project_name environment started_at"
        + " commit_sha commit_message branch author deployed_by deployment_config",
    "deployment.failed, deployment_id build_id project_id project_name environment status"
        + " started_at failed_at duration commit_sha commit_message branch author deployed_by"
        + " deployment_config error logs_url",
    "collaboration.joined, invitation_id project_id project_name member inviter role permissions"
        + " joined_at",
    "collaboration.left, project_id project_name member role reason left_at",
    "file.created, file_id project_id project_name file_path file_name file_type size created_by"
        + " commit_sha branch file_url",
    "file.deleted, file_id project_id project_name file_path file_name file_type size deleted_by"
        + " commit_sha branch",
    "user.registered, user registration_method registered_at",
    "user.login, user session_id details login_at",
    "user.logout, user session_id logout_at session_duration"
  })
  void givesTheOtherSamplesTheMembersOfTheContract(String type, String members) {
    JsonObject data = EventType.find(type).orElseThrow().sample().getJsonObject("data");
    assertThat(data.fieldNames()).containsExactly(members.split(" "));
  }

  @ParameterizedTest
  @EnumSource
  void datesASampleByItsOwnMoment(EventType type) {
    JsonObject sample = type.sample();
    List<Object> moments =
        sample.getJsonObject("data").stream()
            .filter(member -> member.getKey().endsWith("_at"))
            .filter(member -> !member.getKey().equals("expires_at"))
            .map(java.util.Map.Entry::getValue)
            .toList();
    if (!moments.isEmpty()) {
      assertThat(moments).contains(sample.getString("timestamp"));
    }
    assertThat(sample.getString("event")).isEqualTo(type.type());
    assertThat(Set.of("event", "timestamp", "project_id", "data")).containsAll(sample.fieldNames());
    assertThat(type.description()).endsWith(".");
  }

  @ParameterizedTest
  @EnumSource
  void namesTheProjectOfEverySample(EventType type) {
    JsonObject sample = type.sample();
    String inData = sample.getJsonObject("data").getString("project_id");
    assertThat(sample.getString("project_id", inData)).isEqualTo("proj_123");
  }

  @Test
  void givesEveryCallerASampleOfItsOwn() {
    EventType.USER_LOGIN.sample().getJsonObject("data").clear();
    assertThat(EventType.USER_LOGIN.sample().getJsonObject("data").isEmpty()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "build.*", "security.*", "build.completed"})
  void knowsPatternsOfKnownTypes(String pattern) {
    assertThat(EventType.knownPattern(pattern)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "**", ".*", "build", "build.", "build.c*", "test.*", "test.ping", "Build.*"})
  void refusesPatternsThatCouldNeverMatch(String pattern) {
    assertThat(EventType.knownPattern(pattern)).isFalse();
  }

  @Test
  void keepsThePingForTests() {
    assertThat(EventType.known(EventType.TEST_PING)).isFalse();
    assertThat(EventType.find(EventType.TEST_PING)).isEmpty();
  }
}
