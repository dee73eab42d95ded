package io.fanfare.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.event.Published.Accepted;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PublishedTest {
  private static final UUID ID = UUID.fromString("019ab1de-0000-7000-8000-000000000001");

  private static Accepted accepted(String project) {
    return new Accepted(ID, "build.started", project, "2026-11-24T18:00:00.000Z", 3);
  }

  @Property
  void theTextSaysWhatTheObjectSays(
      @ForAll @Size(min = 1, max = 5) List<String> projects, @ForAll boolean batch) {
    Published published =
        Published.of(projects.stream().map(PublishedTest::accepted).toList(), batch);
    assertThat(published.body().toString()).isEqualTo(published.json().encode());
  }

  @Test
  void anEventWithoutAProjectSaysSo() {
    Published published = Published.of(List.of(accepted(null)), false);
    assertThat(published.body().toString()).isEqualTo(published.json().encode());
    assertThat(published.json().getMap()).containsEntry("project_id", null);
  }

  @Test
  void theAnswerToARepeatedKeyIsTheFirstOneMarked() {
    JsonObject first = Published.of(List.of(accepted("p")), false).json();
    Published again = Published.duplicate(first);
    assertThat(again.json()).isEqualTo(first.copy().put("duplicate", true));
    assertThat(again.body().toJsonObject()).isEqualTo(again.json());
  }
}
