package io.fanfare.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The long set: every fault on a whole service in a process of its own, under load, with what
 * publishers, receivers and the service know laid side by side. {@code mvn verify -Pfaults} runs
 * all of it; {@code -Dfaults=kill,clock} some, {@code -Dfaults.runs} says how often a random one is
 * repeated, {@code -Dfaults.seconds} for how long at most, and {@code -Dfaults.seed} repeats what
 * it did. Figures add up in {@code target/faults} until {@code mvn clean}; the table of them all is
 * printed at the end.
 */
@Tag("faults")
class FaultRunsTest {
  @TempDir private static Path home;

  private static FaultServer server;

  /** One fault; answers what its runs came to. */
  interface Fault {
    Figures run(Place place) throws Exception;
  }

  /**
   * Where a fault happens.
   *
   * @param server a PostgreSQL that others have used before
   * @param folder an empty one
   * @param database the URL of an empty database there
   * @param runs how often a random fault is wanted
   */
  record Place(String name, FaultServer server, Path folder, String database, int runs) {}

  static Map<String, Fault> all() {
    Map<String, Fault> all = new TreeMap<>();
    all.putAll(ProcessFaults.ALL);
    all.putAll(CrashFaults.ALL);
    all.putAll(ServerFaults.ALL);
    all.putAll(NetworkFaults.ALL);
    all.putAll(DiskFaults.ALL);
    all.putAll(FailoverFaults.ALL);
    all.putAll(SoakFaults.ALL);
    all.put("names", NameFaults::names);
    return all;
  }

  @TestFactory
  Stream<DynamicTest> faults() {
    List<String> chosen =
        Arrays.stream(System.getProperty("faults", "").split(",", -1))
            .filter(name -> !name.isEmpty())
            .toList();
    assertThat(all().keySet()).as("names of faults").containsAll(chosen);
    return all().entrySet().stream()
        .filter(fault -> chosen.isEmpty() || chosen.contains(fault.getKey()))
        .map(fault -> dynamicTest(fault.getKey(), () -> run(fault.getKey(), fault.getValue())));
  }

  private static void run(String name, Fault fault) throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      if (server == null) {
        server = FaultServer.start(home.resolve("server"));
      }
      Path folder = Files.createDirectory(home.resolve(name));
      int runs = Integer.getInteger("faults.runs", 0);
      fault.run(new Place(name, server, folder, server.database(vertx), runs)).keep();
    } catch (Exception | AssertionError e) {
      // At once: the others take a while.
      System.out.println(name + ": " + e);
      throw e;
    } finally {
      vertx.close();
    }
  }

  @AfterAll
  static void tell() throws IOException {
    if (server != null) {
      server.close();
    }
    System.out.println(Figures.table());
  }
}
