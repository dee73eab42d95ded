package io.fanfare.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.fanfare.event.EventType;
import io.fanfare.webhook.BackoffStrategy;
import io.fanfare.webhook.HeaderRules;
import io.fanfare.webhook.NetworkPolicy;
import io.fanfare.webhook.RetryPolicy;
import io.fanfare.webhook.TargetUrl;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the fields of a webhook that its owner can set (contract, section 5). */
final class WebhookFields {
  static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(30);

  private static final int NAME_MAX = 255;
  private static final int DESCRIPTION_MAX = 2_000;
  private static final int SECRET_MAX = 256;
  private static final int PROJECT_MAX = 255;
  private static final int EVENTS_MAX = 64;
  private static final int TIMEOUT_SECONDS_MAX = 120;
  private static final int STATUSES_MAX = 200;
  private static final List<String> STRATEGIES =
      Arrays.stream(BackoffStrategy.values()).map(BackoffStrategy::wireName).toList();

  // What was read can be written back.
  private static final String[] READ_ONLY = {
    "webhook_id",
    "created_at",
    "updated_at",
    "created_by",
    "stats",
    "recent_deliveries",
    "circuit",
    "disabled_reason"
  };

  private final NetworkPolicy networks;
  private final HeaderRules headerRules;

  WebhookFields(NetworkPolicy networks, HeaderRules headerRules) {
    this.networks = networks;
    this.headerRules = headerRules;
  }

  /**
   * What a body says.
   *
   * @param given the names of the fields in it that can be set, {@code null} ones too
   */
  record Read(
      Set<String> given,
      Optional<String> url,
      Optional<List<String>> events,
      Optional<String> name,
      Optional<String> description,
      Optional<String> secret,
      Optional<Boolean> active,
      Optional<String> projectId,
      Optional<Map<String, String>> headers,
      Optional<Duration> timeout,
      Optional<RetryPolicy> retryPolicy) {

    boolean has(String name) {
      return given.contains(name);
    }
  }

  /**
   * The fields of a new webhook: {@code null} is the same as absent.
   *
   * @throws ApiException 400 with every fault
   */
  Read readCreate(JsonNode json) {
    Faults faults = new Faults();
    ObjectReader body = ObjectReader.of(json, faults);
    body.require("url", "events", "name");
    Read read = read(body, false);
    faults.enforce();
    return read;
  }

  /**
   * The fields of a change: {@code null} resets some of them and is a fault in the others.
   *
   * @param project that of the webhook, which cannot be changed
   * @throws ApiException 400 with every fault
   */
  Read readUpdate(JsonNode json, @Nullable String project) {
    Faults faults = new Faults();
    ObjectReader body = ObjectReader.of(json, faults);
    for (String name : List.of("url", "events", "name", "secret", "active")) {
      requireNotNull(body, name);
    }
    Read read = read(body, true);
    boolean named = read.projectId().isPresent() || body.isNull("project_id");
    if (named && !Objects.equals(read.projectId().orElse(null), project)) {
      body.fault("project_id", "cannot be changed; create another webhook");
    }
    faults.enforce();
    return read;
  }

  private Read read(ObjectReader body, boolean update) {
    Set<String> given = new TreeSet<>();
    for (String name : body.names()) {
      if (!Arrays.asList(READ_ONLY).contains(name)) {
        given.add(name);
      }
    }
    body.ignore(READ_ONLY);
    Read read =
        new Read(
            given,
            url(body),
            events(body),
            body.text("name", 1, NAME_MAX),
            body.text("description", 0, DESCRIPTION_MAX),
            body.text("secret", 1, SECRET_MAX),
            body.bool("active"),
            body.text("project_id", 1, PROJECT_MAX),
            headers(body),
            timeout(body),
            retryPolicy(body, update));
    body.end();
    return read;
  }

  private static void requireNotNull(ObjectReader body, String name) {
    if (body.isNull(name)) {
      body.fault(name, "must not be null");
    }
  }

  private Optional<String> url(ObjectReader body) {
    Optional<JsonNode> value = body.any("url");
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (!value.get().isTextual()) {
      body.fault("url", "must be a string");
      return Optional.empty();
    }
    String url = value.get().textValue();
    try {
      TargetUrl.admit(url, networks);
      return Optional.of(url);
    } catch (TargetUrl.RefusedException e) {
      body.fault("url", e.getMessage());
      return Optional.empty();
    }
  }

  private static Optional<List<String>> events(ObjectReader body) {
    List<JsonNode> entries = body.array("events", 1, EVENTS_MAX);
    if (entries == null) {
      return Optional.empty();
    }
    List<String> events = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      JsonNode entry = entries.get(i);
      if (entry.isTextual() && EventType.knownPattern(entry.textValue())) {
        events.add(entry.textValue());
      } else {
        body.fault(
            "events[" + i + "]",
            "must be *, a prefix like build.*, or one of " + EventType.names());
      }
    }
    return Optional.of(events);
  }

  private Optional<Map<String, String>> headers(ObjectReader body) {
    Optional<ObjectReader> object = body.object("headers");
    if (object.isEmpty()) {
      return Optional.empty();
    }
    ObjectReader reader = object.get();
    List<String> names = reader.names();
    if (names.size() > HeaderRules.COUNT_MAX) {
      body.fault("headers", "must have at most " + HeaderRules.COUNT_MAX + " entries");
      return Optional.empty();
    }
    Map<String, String> headers = new LinkedHashMap<>();
    Set<String> seen = new TreeSet<>();
    int total = 0;
    for (String name : names) {
      Optional<String> fault = headerRules.nameFault(name);
      if (fault.isEmpty() && !seen.add(name.toLowerCase(Locale.ROOT))) {
        fault = Optional.of("is given twice; header names have no case");
      }
      Optional<JsonNode> value = reader.any(name).filter(JsonNode::isTextual);
      if (fault.isEmpty()) {
        fault =
            value.isEmpty()
                ? Optional.of("must be a string")
                : headerRules.valueFault(value.get().textValue());
      }
      if (fault.isPresent()) {
        reader.fault(name, fault.get());
      } else {
        headers.put(name, value.orElseThrow().textValue());
        total += name.length() + headers.get(name).length();
      }
    }
    if (total > HeaderRules.TOTAL_MAX) {
      body.fault("headers", "must have at most " + HeaderRules.TOTAL_MAX + " characters in all");
    }
    return Optional.of(headers);
  }

  private static Optional<Duration> timeout(ObjectReader body) {
    return body.number("timeout", 1, TIMEOUT_SECONDS_MAX)
        .map(
            seconds ->
                Duration.ofMillis(
                    seconds
                        .multiply(BigDecimal.valueOf(1_000))
                        .setScale(0, RoundingMode.HALF_UP)
                        .longValueExact()));
  }

  private static Optional<RetryPolicy> retryPolicy(ObjectReader body, boolean update) {
    Optional<ObjectReader> object = body.object("retry_policy");
    if (object.isEmpty()) {
      return Optional.empty();
    }
    ObjectReader policy = object.get();
    if (update) {
      policy.names().forEach(name -> requireNotNull(policy, name));
    }
    boolean soundSoFar = body.faults().none();
    Optional<Long> attempts = policy.whole("max_attempts", 1, RetryPolicy.ATTEMPTS_MAX);
    Optional<BackoffStrategy> strategy =
        policy.choice("backoff_strategy", STRATEGIES).flatMap(BackoffStrategy::ofWireName);
    Optional<Long> initial = policy.whole("initial_delay", 0, RetryPolicy.DELAY_MILLIS_MAX);
    long initialDelay = initial.orElse(RetryPolicy.DEFAULT.initialDelayMillis());
    // One that is faulty says nothing about the other.
    boolean initialFaulty = initial.isEmpty() && policy.any("initial_delay").isPresent();
    Optional<Long> max =
        policy.whole("max_delay", initialFaulty ? 0 : initialDelay, RetryPolicy.DELAY_MILLIS_MAX);
    Optional<Set<Integer>> statuses = statuses(policy);
    Optional<Boolean> onTimeout = policy.bool("retry_on_timeout");
    policy.end();
    if (soundSoFar && !body.faults().none()) {
      return Optional.empty();
    }
    return Optional.of(
        new RetryPolicy(
            attempts.orElse((long) RetryPolicy.DEFAULT.maxAttempts()).intValue(),
            strategy.orElse(RetryPolicy.DEFAULT.backoffStrategy()),
            initialDelay,
            max.orElse(Math.max(RetryPolicy.DEFAULT.maxDelayMillis(), initialDelay)),
            statuses.orElse(null),
            onTimeout.orElse(null)));
  }

  private static Optional<Set<Integer>> statuses(ObjectReader policy) {
    List<JsonNode> entries = policy.array("retry_on_status", 0, STATUSES_MAX);
    if (entries == null) {
      return Optional.empty();
    }
    Set<Integer> statuses = new LinkedHashSet<>();
    for (int i = 0; i < entries.size(); i++) {
      ObjectReader.whole(
              entries.get(i),
              policy.path("retry_on_status[" + i + "]"),
              RetryPolicy.STATUS_MIN,
              RetryPolicy.STATUS_MAX,
              policy.faults())
          .ifPresent(status -> statuses.add(status.intValue()));
    }
    return Optional.of(statuses);
  }
}
