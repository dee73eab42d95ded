package io.fanfare.bench;

import io.fanfare.config.DatabaseUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A PostgreSQL that is there already. Its database must be empty, and is again when the scenario's
 * process ends. Its CPU is known where it runs on this machine.
 */
final class ExternalServer implements BenchedServer {
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

  /** Its message says all. */
  private static final class NotEmptyException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private NotEmptyException(String message) {
      super(message);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }

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
        throw new NotEmptyException(
            "the database '%s' is not empty, it has %d tables, views or sequences: benchmarks delete what they leave, so give them a database of their own"
                .formatted(DatabaseUrl.parse(url).getDatabase(), tables));
      }
      cleaning = true;
      ChildProcess.lastly(() -> leave(url));
    }
  }

  /** In a process of its own: this one is on its way out, and starts nothing any more. */
  private static void leave(String url) {
    try (ChildProcess process =
        ChildProcess.start(ExternalServer.class, List.of(), Map.of(URL, url))) {
      process.await(ProcessOutput.READY);
    } catch (IOException e) {
      System.err.println("the database could not be emptied: " + e.getMessage());
    }
  }

  /** Drops everything in the database that the environment names. */
  public static void main(String[] args) {
    try (BenchedDatabase database = new BenchedDatabase(System.getenv(URL))) {
      database.run(DROP_ALL);
    }
    ProcessOutput.ready(0);
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
