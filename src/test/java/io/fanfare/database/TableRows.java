package io.fanfare.database;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What is in a database, past everything that reads it for others. */
public final class TableRows {
  private static final long SECONDS = 20;

  private TableRows() {}

  /** Every row of every table as text, in some order; binary values are hexadecimal in it. */
  public static Map<String, List<String>> read(Vertx vertx, String url) throws TimeoutException {
    PgConnection connection = PgConnection.connect(vertx, url).await(SECONDS, TimeUnit.SECONDS);
    try {
      Map<String, List<String>> tables = new TreeMap<>();
      for (Row table :
          query(connection, "select tablename from pg_tables where schemaname = 'public'")) {
        String name = table.getString(0);
        List<String> rows = new ArrayList<>();
        for (Row row : query(connection, "select t::text from \"" + name + "\" t order by 1")) {
          rows.add(row.getString(0));
        }
        tables.put(name, rows);
      }
      return tables;
    } finally {
      connection.close();
    }
  }

  private static Iterable<Row> query(PgConnection connection, String sql) throws TimeoutException {
    return connection.query(sql).execute().await(SECONDS, TimeUnit.SECONDS);
  }
}
