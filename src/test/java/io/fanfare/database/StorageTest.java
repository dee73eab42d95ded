package io.fanfare.database;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.database.Storage.Day;
import io.fanfare.database.Storage.Outlook;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VertxExtension.class)
class StorageTest {
  private static final LocalDate TODAY = LocalDate.of(2024, 1, 10);

  /** So many whole days of 100 bytes each, and today with 10. */
  private static List<Day> days(int whole) {
    return IntStream.rangeClosed(0, whole)
        .mapToObj(
            i ->
                i == whole
                    ? new Day(TODAY, 10, 0, 0)
                    : new Day(TODAY.minusDays(whole - i), 40, 50, 10))
        .toList();
  }

  @Test
  void isUnknownBeforeAWholeDay() {
    Storage storage = Storage.of(1_000, days(0), TODAY, 30, 500L);
    assertThat(storage.outlook()).isEqualTo(Outlook.UNKNOWN);
    assertThat(storage.growthBytesPerDay()).isNull();
    assertThat(storage.daysUntilFull()).isNull();
  }

  @Test
  void fillsBeforeRetentionKeepsPace() {
    Storage storage = Storage.of(1_000, days(3), TODAY, 30, 250L);
    assertThat(storage.growthBytesPerDay()).isEqualTo(100);
    // 690 of other things, and 31 days.
    assertThat(storage.expectedBytes()).isEqualTo(690 + 3_100);
    assertThat(storage.outlook()).isEqualTo(Outlook.FILLS);
    assertThat(storage.daysUntilFull()).isEqualTo(2.5);
  }

  @Test
  void fitsWhereRetentionKeepsPace() {
    Storage storage = Storage.of(1_000, days(9), TODAY, 9, 250L);
    assertThat(storage.outlook()).isEqualTo(Outlook.FITS);
    assertThat(storage.daysUntilFull()).isNull();
    assertThat(Storage.of(1_000, days(9), TODAY, 9, null).outlook()).isEqualTo(Outlook.EXTERNAL);
  }

  @Test
  void measuresTheDatabaseAndTheDisk(Vertx vertx, @TempDir Path folder) throws Exception {
    Database database = TestDatabase.create(vertx).await(30, SECONDS);
    Storage storage =
        new StorageReader(vertx, database, folder, Duration.ofDays(30), Clock.systemUTC())
            .read()
            .await(20, SECONDS);
    assertThat(storage.days()).hasSize(1);
    assertThat(storage.days().get(0).deliveryBytes()).isPositive();
    assertThat(storage.databaseBytes()).isGreaterThan(storage.days().get(0).bytes());
    assertThat(storage.freeBytes()).isPositive();
    database.close().await(10, SECONDS);
  }
}
