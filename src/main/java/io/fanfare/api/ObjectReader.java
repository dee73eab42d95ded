package io.fanfare.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads the members of a JSON object. Every member that is read is known; {@link #end} reports the
 * others. Faults go to a collector; a faulty member reads as absent, so that reading goes on to the
 * next one. A member that is {@code null} reads as absent too: a caller to which it means something
 * asks {@link #isNull} first.
 */
public final class ObjectReader {
  private final JsonNode node;
  private final String path;
  private final Faults faults;
  private final Set<String> known = new HashSet<>();

  private ObjectReader(JsonNode node, String path, Faults faults) {
    this.node = node;
    this.path = path;
    this.faults = faults;
  }

  /**
   * The whole body of a request.
   *
   * @throws ApiException 400 where it is no object
   */
  public static ObjectReader of(JsonNode body, Faults faults) {
    if (!body.isObject()) {
      throw ApiException.malformed("the body must be a JSON object");
    }
    return new ObjectReader(body, "", faults);
  }

  /**
   * An object within an array or another object; empty, and a fault, where it is no object.
   *
   * @param path its dotted path, such as {@code events[0]}
   */
  public static Optional<ObjectReader> of(JsonNode node, String path, Faults faults) {
    if (!node.isObject()) {
      faults.add(path, "must be an object");
      return Optional.empty();
    }
    return Optional.of(new ObjectReader(node, path + ".", faults));
  }

  /** The dotted path of a member. */
  public String path(String name) {
    return path + name;
  }

  /** Reports a fault of a member. */
  public void fault(String name, String message) {
    faults.add(path(name), message);
  }

  /** The collector of this reader. */
  public Faults faults() {
    return faults;
  }

  /** Whether the member is there, {@code null} or not. */
  public boolean has(String name) {
    known.add(name);
    return node.has(name);
  }

  /** Whether the member is there and is {@code null}. */
  public boolean isNull(String name) {
    known.add(name);
    JsonNode value = node.get(name);
    return value != null && value.isNull();
  }

  /** The member as it is; empty where it is absent or {@code null}. */
  public Optional<JsonNode> any(String name) {
    known.add(name);
    JsonNode value = node.get(name);
    return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
  }

  /** Members that may be there and mean nothing. */
  public void ignore(String... names) {
    known.addAll(List.of(names));
  }

  /** Reports the absence of a member that must be there. */
  public void require(String... names) {
    for (String name : names) {
      if (any(name).isEmpty()) {
        fault(name, "is required");
      }
    }
  }

  /** A text of {@code min} to {@code max} characters that PostgreSQL can store. */
  public Optional<String> text(String name, int min, int max) {
    return any(name).flatMap(value -> text(value, path(name), min, max, faults));
  }

  /**
   * A text of {@code min} to {@code max} characters (code points), well-formed and without NUL.
   *
   * @param path where it stands
   */
  public static Optional<String> text(
      JsonNode value, String path, int min, int max, Faults faults) {
    if (!value.isTextual()) {
      faults.add(path, "must be a string");
      return Optional.empty();
    }
    String text = value.textValue();
    int length = text.codePointCount(0, text.length());
    if (length < min || length > max) {
      faults.add(
          path,
          min == 0
              ? "must be at most " + max + " characters"
              : "must be between " + min + " and " + max + " characters");
      return Optional.empty();
    }
    if (text.indexOf('\0') >= 0 || hasLoneSurrogate(text)) {
      faults.add(path, "must be well-formed text without NUL characters");
      return Optional.empty();
    }
    return Optional.of(text);
  }

  private static boolean hasLoneSurrogate(String text) {
    return text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  /** A boolean. */
  public Optional<Boolean> bool(String name) {
    Optional<JsonNode> value = any(name);
    if (value.isPresent() && !value.get().isBoolean()) {
      fault(name, "must be true or false");
      return Optional.empty();
    }
    return value.map(JsonNode::booleanValue);
  }

  /** A whole number; {@code 3.0} is one. */
  public Optional<Long> whole(String name, long min, long max) {
    return any(name).flatMap(value -> whole(value, path(name), min, max, faults));
  }

  /**
   * A whole number; {@code 3.0} is one.
   *
   * @param path where it stands
   */
  public static Optional<Long> whole(
      JsonNode value, String path, long min, long max, Faults faults) {
    Optional<BigDecimal> number = bounded(value, min, max);
    // Only within bounds: expanding a number like 1e999999999 would take all memory.
    if (number.isEmpty() || number.get().stripTrailingZeros().scale() > 0) {
      faults.add(path, "must be a whole number between " + min + " and " + max);
      return Optional.empty();
    }
    return number.map(BigDecimal::longValueExact);
  }

  /** A number, with or without a fraction. */
  public Optional<BigDecimal> number(String name, long min, long max) {
    Optional<JsonNode> value = any(name);
    Optional<BigDecimal> number = value.flatMap(found -> bounded(found, min, max));
    if (value.isPresent() && number.isEmpty()) {
      fault(name, "must be a number between " + min + " and " + max);
    }
    return number;
  }

  private static Optional<BigDecimal> bounded(JsonNode value, long min, long max) {
    if (!value.isNumber()) {
      return Optional.empty();
    }
    BigDecimal number = value.decimalValue();
    boolean within =
        number.compareTo(BigDecimal.valueOf(min)) >= 0
            && number.compareTo(BigDecimal.valueOf(max)) <= 0;
    return within ? Optional.of(number) : Optional.empty();
  }

  /** One of a few values. */
  public Optional<String> choice(String name, List<String> allowed) {
    Optional<JsonNode> value = any(name);
    if (value.isPresent()
        && !(value.get().isTextual() && allowed.contains(value.get().textValue()))) {
      fault(name, "must be one of " + String.join(", ", allowed));
      return Optional.empty();
    }
    return value.map(JsonNode::textValue);
  }

  /** An object. */
  public Optional<ObjectReader> object(String name) {
    return any(name).flatMap(value -> of(value, path(name), faults));
  }

  /** An array of {@code min} to {@code max} entries; null where it is absent or faulty. */
  public @Nullable List<JsonNode> array(String name, int min, int max) {
    Optional<JsonNode> value = any(name);
    if (value.isEmpty()) {
      return null;
    }
    if (!value.get().isArray()) {
      fault(name, "must be an array");
      return null;
    }
    int size = value.get().size();
    if (size < min || size > max) {
      fault(
          name,
          min == 0
              ? "must have at most " + max + " entries"
              : "must have between " + min + " and " + max + " entries");
      return null;
    }
    return value.get().valueStream().toList();
  }

  /** The names of all members, in the order given. */
  public List<String> names() {
    return node.propertyStream().map(java.util.Map.Entry::getKey).toList();
  }

  /** Everything was read: reports the members that are unknown. */
  public void end() {
    for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        fault(name, "is not a known field");
      }
    }
  }

  /** A public id; empty where the member is absent, and a fault where it is no id. */
  public Optional<UUID> id(String name, io.fanfare.id.IdKind kind) {
    Optional<JsonNode> value = any(name);
    Optional<UUID> id =
        value.filter(JsonNode::isTextual).map(JsonNode::textValue).flatMap(kind::parse);
    if (value.isPresent() && id.isEmpty()) {
      fault(name, "is not an id of the right kind");
    }
    return id;
  }
}
