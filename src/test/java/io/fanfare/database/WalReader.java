package io.fanfare.database;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The write-ahead log of a server on this machine, as bytes: what a copy of it, a backup or a
 * standby, sees.
 */
public final class WalReader {
  private static final long SECONDS = 20;
  private static final String PLACE =
      """
      select pg_walfile_name(pg_current_wal_insert_lsn()), current_setting('data_directory')
      """;
  // The switch flushes what was written, and ends the last file.
  private static final String FILES =
      """
      select name
      from pg_ls_waldir(), (select pg_walfile_name(pg_switch_wal()) as last_name) as switched
      where name between $1::text and last_name and name ~ '^[0-9A-F]{24}$'
      """;

  private final Vertx vertx;
  private final String url;
  private final String firstFile;
  private final Path folder;

  private WalReader(Vertx vertx, String url, Row place) {
    this.vertx = vertx;
    this.url = url;
    this.firstFile = place.getString(0);
    this.folder = Path.of(place.getString(1), "pg_wal");
  }

  /** Reads what is written from now on, with what else the same file begins with. */
  public static WalReader fromNow(Vertx vertx, String url) throws TimeoutException {
    PgConnection connection = PgConnection.connect(vertx, url).await(SECONDS, TimeUnit.SECONDS);
    try {
      return new WalReader(
          vertx,
          url,
          connection.query(PLACE).execute().await(SECONDS, TimeUnit.SECONDS).iterator().next());
    } finally {
      connection.close();
    }
  }

  /** The files written since, one character a byte. */
  public List<String> written() throws TimeoutException, IOException {
    PgConnection connection = PgConnection.connect(vertx, url).await(SECONDS, TimeUnit.SECONDS);
    List<String> files = new ArrayList<>();
    try {
      for (Row file :
          connection
              .preparedQuery(FILES)
              .execute(Tuple.of(firstFile))
              .await(SECONDS, TimeUnit.SECONDS)) {
        files.add(Files.readString(folder.resolve(file.getString(0)), StandardCharsets.ISO_8859_1));
      }
    } finally {
      connection.close();
    }
    return files;
  }
}
