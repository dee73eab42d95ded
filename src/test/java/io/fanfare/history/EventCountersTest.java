package io.fanfare.history;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.database.Database;
import io.fanfare.database.TestDatabase;
import io.fanfare.id.IdGenerator;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class EventCountersTest {
  private static final long HOUR = Instant.parse("2024-03-01T10:00:00Z").getEpochSecond() / 3_600;

  @Test
  void eventsThatWereThereBeforeTheCountersAreCounted(Vertx vertx) throws Exception {
    Database database = TestDatabase.createEmpty(vertx).await(60, SECONDS);
    SqlConnection connection = database.connect("test").await(10, SECONDS);
    connection.query(file("V1__schema.sql")).execute().await(30, SECONDS);
    connection
        .query("create table event_all partition of event default")
        .execute()
        .await(10, SECONDS);
    insert(connection, HOUR, "user.login", "proj_1", false);
    insert(connection, HOUR, "user.login", "proj_2", false);
    insert(connection, HOUR, "user.login", null, false);
    insert(connection, HOUR, "user.login", "proj_1", true);
    insert(connection, HOUR + 1, "build.failed", "proj_1", false);

    connection.query(file("V2__event_counters.sql")).execute().await(30, SECONDS);

    List<String> counters = new ArrayList<>();
    connection
        .query("select project_id, hour, event_type, published from stat_event")
        .execute()
        .await(10, SECONDS)
        .forEach(
            row ->
                counters.add(
                    row.getString(0)
                        + " "
                        + (row.getLong(1) - HOUR)
                        + " "
                        + row.getString(2)
                        + " "
                        + row.getLong(3)));
    assertThat(counters)
        .containsExactlyInAnyOrder(
            "null 0 user.login 3",
            "proj_1 0 user.login 1",
            "proj_2 0 user.login 1",
            "null 1 build.failed 1",
            "proj_1 1 build.failed 1");
    connection.close().await(10, SECONDS);
    database.close().await(10, SECONDS);
  }

  private static void insert(
      SqlConnection connection, long hour, String type, @Nullable String projectId, boolean test)
      throws Exception {
    UUID id =
        new UUID(
            IdGenerator.floorOf(hour * 3_600_000 + 3_599_999).getMostSignificantBits() | 0x7000,
            UUID.randomUUID().getLeastSignificantBits());
    connection
        .preparedQuery(
            """
            insert into event (id, type, project_id, occurred_at, data, targets, test)
            values ($1::uuid, $2::text, $3::text, 'then', '', '{}', $4::bool)
            """)
        .execute(Tuple.of(id, type, projectId, test))
        .await(10, SECONDS);
  }

  private static String file(String name) throws Exception {
    try (InputStream in = EventCountersTest.class.getResourceAsStream("/db/migration/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
