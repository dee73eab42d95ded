package io.fanfare.event;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The types of events that can be published and asked for, in the order of the API document. The
 * list is closed: an unknown type is an error wherever it is named.
 */
public enum EventType {
  PROJECT_CREATED("project.created", "A project was created."),
  PROJECT_UPDATED("project.updated", "A project was changed."),
  PROJECT_DELETED("project.deleted", "A project was deleted."),
  BUILD_STARTED("build.started", "A build started."),
  BUILD_COMPLETED("build.completed", "A build ended with success."),
  BUILD_FAILED("build.failed", "A build failed."),
  DEPLOYMENT_STARTED("deployment.started", "A deployment started."),
  DEPLOYMENT_COMPLETED("deployment.completed", "A deployment ended with success."),
  DEPLOYMENT_FAILED("deployment.failed", "A deployment failed."),
  COLLABORATION_INVITED("collaboration.invited", "Somebody was invited to a project."),
  COLLABORATION_JOINED("collaboration.joined", "Somebody joined a project."),
  COLLABORATION_LEFT("collaboration.left", "Somebody left a project."),
  FILE_CREATED("file.created", "A file was created."),
  FILE_UPDATED("file.updated", "A file was changed."),
  FILE_DELETED("file.deleted", "A file was deleted."),
  USER_REGISTERED("user.registered", "A user registered."),
  USER_LOGIN("user.login", "A user logged in."),
  USER_LOGOUT("user.logout", "A user logged out."),
  SECURITY_ALERT("security.alert", "Something that endangers an account or a project was noticed.");

  /** The type of a test delivery when none is given. It can be neither published nor asked for. */
  public static final String TEST_PING = "test.ping";

  /** The pattern that matches every type. */
  public static final String ANY = "*";

  private static final String PREFIX_PATTERN_END = ".*";

  private static final List<EventType> ALL = List.of(values());

  private static final Map<String, EventType> BY_TYPE =
      ALL.stream().collect(Collectors.toUnmodifiableMap(EventType::type, Function.identity()));

  private static final Set<String> PATTERNS_BY_PREFIX =
      Arrays.stream(values())
          .map(known -> known.prefix() + PREFIX_PATTERN_END)
          .collect(Collectors.toUnmodifiableSet());

  private static final String NAMES =
      ALL.stream().map(EventType::type).collect(Collectors.joining(", "));

  private final String type;
  private final String description;
  private final String sample;

  EventType(String type, String description) {
    this.type = type;
    this.description = description;
    this.sample = readSample(type);
  }

  /** Every type, in the order of the API document. */
  public static List<EventType> all() {
    return ALL;
  }

  /** The type of a name such as {@code build.completed}; empty where there is none. */
  public static Optional<EventType> find(String type) {
    return Optional.ofNullable(BY_TYPE.get(type));
  }

  /** Whether events of this name can be published. {@link #TEST_PING} is not among them. */
  public static boolean known(String type) {
    return BY_TYPE.containsKey(type);
  }

  /** All names in one line, for the message to somebody who gave another one. */
  public static String names() {
    return NAMES;
  }

  /**
   * Whether a webhook may ask for this: {@code *}, a known type, or {@code prefix.*} with the
   * prefix of a known type.
   */
  public static boolean knownPattern(String pattern) {
    return pattern.equals(ANY) || PATTERNS_BY_PREFIX.contains(pattern) || known(pattern);
  }

  /** The name, as it stands in requests and payloads: {@code build.completed}. */
  public String type() {
    return type;
  }

  /** What is before the dot: {@code build}. */
  public String prefix() {
    return type.substring(0, type.indexOf('.'));
  }

  /** One sentence for a person. */
  public String description() {
    return description;
  }

  /**
   * A sample event as it is published: {@code event}, {@code timestamp}, {@code data}, and {@code
   * project_id} where the data names no project but webhooks of one should get it. A copy of the
   * caller's own.
   */
  public JsonObject sample() {
    return new JsonObject(sample);
  }

  private static String readSample(String type) {
    String name = "/event-types/" + type + ".json";
    try (InputStream in = EventType.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the program is incomplete: " + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }
}
