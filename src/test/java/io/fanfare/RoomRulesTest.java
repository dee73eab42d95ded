package io.fanfare;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which room may know which: the flow of an event, and nothing against it. */
class RoomRulesTest {
  private static final String ROOT = "io.fanfare.";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.fanfare");

  private static final Set<String> GROUND =
      Set.of("bus", "config", "failpoint", "id", "json", "time");

  private static final Map<String, Set<String>> MAY_KNOW =
      Map.ofEntries(
          Map.entry("bus", Set.of()),
          Map.entry("config", Set.of()),
          Map.entry("failpoint", Set.of()),
          Map.entry("id", Set.of()),
          Map.entry("json", Set.of()),
          Map.entry("time", Set.of()),
          Map.entry("client", Set.of()),
          Map.entry("database", Set.of()),
          Map.entry("node", Set.of("database")),
          Map.entry("webhook", Set.of()),
          Map.entry("trace", Set.of()),
          Map.entry("event", Set.of("database", "node", "trace", "webhook")),
          Map.entry("schedule", Set.of("event", "node", "trace")),
          Map.entry("delivery", Set.of("event", "node", "schedule", "trace", "webhook")),
          Map.entry(
              "outcome",
              Set.of("database", "delivery", "event", "node", "schedule", "trace", "webhook")),
          Map.entry("stats", Set.of("database")),
          Map.entry("history", Set.of("event", "stats")),
          Map.entry("live", Set.of("delivery", "event", "outcome", "stats", "trace", "webhook")),
          Map.entry(
              "api",
              Set.of(
                  "database",
                  "delivery",
                  "event",
                  "history",
                  "live",
                  "outcome",
                  "stats",
                  "trace",
                  "webhook")),
          Map.entry("cli", Set.of("api", "client", "database", "event", "webhook")));

  static Set<String> rooms() {
    return MAY_KNOW.keySet();
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void aRoomKnowsOnlyTheRoomsThatItsWorkNeeds(String room) {
    noClasses()
        .that()
        .resideInAPackage(ROOT + room + "..")
        .should()
        .dependOnClassesThat(isForbiddenTo(room))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void everyPackageIsARoomWithRules() {
    classes()
        .that()
        .resideOutsideOfPackage("io.fanfare")
        .should()
        .resideInAnyPackage(
            MAY_KNOW.keySet().stream().map(room -> ROOT + room).toArray(String[]::new))
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaClass> isForbiddenTo(String room) {
    Set<String> allowed = MAY_KNOW.getOrDefault(room, Set.of());
    return DescribedPredicate.describe(
        "are in rooms that " + room + " may not know",
        type -> {
          if (type.getPackageName().equals("io.fanfare")) {
            return !room.equals("cli");
          }
          if (!type.getPackageName().startsWith(ROOT)) {
            return false;
          }
          String other = type.getPackageName().substring(ROOT.length());
          return !other.equals(room) && !GROUND.contains(other) && !allowed.contains(other);
        });
  }
}
