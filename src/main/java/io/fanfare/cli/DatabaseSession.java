package io.fanfare.cli;

import io.fanfare.config.FanfareConfig;
import io.fanfare.config.StartException;
import io.fanfare.database.Database;
import io.fanfare.database.Migrations;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Work on the configured database, beside a running service too: it takes no right to deliver. */
final class DatabaseSession {
  private static final long LIMIT_MINUTES = 60;

  private DatabaseSession() {}

  /** Opens the database, does the work and closes it again. */
  static <T> T run(@Nullable Path file, BiFunction<Database, FanfareConfig, Future<T>> work)
      throws InterruptedException {
    FanfareConfig config = Service.configure(file, System.getenv());
    Vertx vertx = Vertx.vertx();
    Future<T> done =
        Database.open(vertx, config.database())
            .compose(
                database ->
                    new Migrations()
                        .apply(database)
                        .compose(v -> work.apply(database, config))
                        .eventually(database::close));
    try {
      return done.toCompletionStage().toCompletableFuture().get(LIMIT_MINUTES, TimeUnit.MINUTES);
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw cause instanceof StartException refused ? refused : new IllegalStateException(cause);
    } finally {
      vertx.close();
    }
  }
}
