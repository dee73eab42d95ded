package io.fanfare.bench;

import io.fanfare.config.DatabaseUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A PostgreSQL that is there already. Its database must be empty, and is again when the scenario's
 * process ends. Its CPU is known where it runs on this machine.
 */
final class ExternalServer implements BenchedServer {
  private static final int NOT_EMPTY = 69;

  // What extensions brought is not the user's data.
  private static final String TABLES =
      """
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
        and not exists (select 1 from pg_depend d
          where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
      """;

  private static final String DROP_ALL =
      """
      do $$
      declare
        name text;
      begin
        for name in select format('%%I.%%I', n.nspname, c.relname) %s and c.relkind in ('r', 'p') and not c.relispartition
        loop
          execute 'drop table if exists ' || name || ' cascade';
        end loop;
        drop type if exists delivery_status;
      end $$
      """
          .formatted(TABLES);

  private static boolean cleaning;

  private final String url;
  private long postmaster;

  ExternalServer(String url) {
    this.url = url;
  }

  @Override
  public void empty() {
    try (BenchedDatabase database = new BenchedDatabase(url)) {
      if (cleaning) {
        database.run(DROP_ALL);
        return;
      }
      long tables = database.count("select count(*) " + TABLES);
      if (tables > 0) {
        System.err.printf(
            "the database '%s' is not empty, it has %d tables, views or sequences: benchmarks delete what they"
                + " leave, so give them a database of their own%n",
            DatabaseUrl.parse(url).getDatabase(), tables);
        System.exit(NOT_EMPTY);
      }
      cleaning = true;
      Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(url)));
    }
  }

  private static void leave(String url) {
    try (BenchedDatabase database = new BenchedDatabase(url)) {
      database.run(DROP_ALL);
    }
  }

  @Override
  public Map<String, String> environment() {
    return Map.of(URL, url);
  }

  @Override
  public String url() {
    return url;
  }

  @Override
  public double cpuMicros() throws IOException {
    if (postmaster == 0) {
      postmaster = findPostmaster();
    }
    return postmaster < 0 ? Double.NaN : CpuClock.family(postmaster);
  }

  /** The parent of the process that serves us, where both are processes of this machine. */
  private long findPostmaster() throws IOException {
    InetAddress host = InetAddress.getByName(DatabaseUrl.parse(url).getHost());
    if (!host.isLoopbackAddress() && NetworkInterface.getByInetAddress(host) == null) {
      return -1;
    }
    try (BenchedDatabase database = new BenchedDatabase(url)) {
      long backend = database.count("select pg_backend_pid()::int8");
      // Of a container's server it is a number of the container's own.
      return isPostgres(backend) ? CpuClock.parent(backend) : -1;
    }
  }

  private static boolean isPostgres(long pid) throws IOException {
    Path commandLine = Path.of("/proc/" + pid + "/cmdline");
    return Files.exists(commandLine)
        && Files.readString(commandLine, StandardCharsets.ISO_8859_1).startsWith("postgres");
  }

  @Override
  public boolean kill() {
    return false;
  }
}
