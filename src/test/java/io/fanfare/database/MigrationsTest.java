package io.fanfare.database;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fanfare.config.StartException;
import io.fanfare.database.Migrations.Migration;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class MigrationsTest {
  private Database database;

  @BeforeEach
  void open(Vertx vertx) throws Exception {
    database = TestDatabase.createEmpty(vertx).await(30, SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    database.close().await(10, SECONDS);
  }

  @Test
  void knowsEveryFile() throws Exception {
    try (Stream<Path> files = Files.list(Path.of("src/main/resources/db/migration"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(Migrations.FILES);
    }
  }

  @Test
  void appliesEachFileOnceAlsoWhereTwoStartTogether() throws Exception {
    Future.all(new Migrations().apply(database), new Migrations().apply(database))
        .await(20, SECONDS);
    new Migrations().apply(database).await(20, SECONDS);

    assertThat(count("schema_migration")).isEqualTo(Migrations.FILES.size());
    assertThat(count("node")).isEqualTo(1);
  }

  @Test
  void appliesWhatIsNew() throws Exception {
    new Migrations(List.of(migration(1, "create table a ()"))).apply(database).await(20, SECONDS);

    new Migrations(List.of(migration(1, "create table a ()"), migration(2, "create table b ()")))
        .apply(database)
        .await(20, SECONDS);

    assertThat(count("b")).isZero();
  }

  @Test
  void leavesNothingOfAFileThatFails() {
    Migrations broken = new Migrations(List.of(migration(1, "create table a (); select 1 / 0;")));

    assertThatThrownBy(() -> broken.apply(database).await(20, SECONDS))
        .hasMessageContaining("division by zero");
    assertThatThrownBy(() -> count("a")).hasMessageContaining("does not exist");
  }

  @Test
  void refusesAnAppliedFileThatHasChanged() throws Exception {
    new Migrations(List.of(migration(1, "create table a ()"))).apply(database).await(20, SECONDS);
    Migrations changed = new Migrations(List.of(migration(1, "create table a (b text)")));

    assertThatThrownBy(() -> changed.apply(database).await(20, SECONDS))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("schema version 1 of the database was made by another file");
  }

  @Test
  void refusesASchemaThatIsNewerThanTheProgram() throws Exception {
    new Migrations(List.of(migration(1, "create table a ()"), migration(2, "create table b ()")))
        .apply(database)
        .await(20, SECONDS);
    Migrations older = new Migrations(List.of(migration(1, "create table a ()")));

    assertThatThrownBy(() -> older.apply(database).await(20, SECONDS))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("schema version 2, and this program knows versions up to 1");
  }

  private static Migration migration(int version, String sql) {
    String hash = Migrations.hash(sql.getBytes(StandardCharsets.UTF_8));
    return new Migration(version, "test", sql, hash);
  }

  private long count(String table) throws Exception {
    return database
        .control()
        .query("select count(*) from " + table)
        .execute()
        .map(rows -> rows.iterator().next().getLong(0))
        .await(10, SECONDS);
  }
}
