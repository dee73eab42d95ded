package io.fanfare.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.fanfare.json.InvalidJsonException;
import io.fanfare.json.StrictJson;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads published events out of the bytes of a request without building a tree: {@code data} is
 * checked as JSON and kept as the slice it came in. Collects every fault; one instance per request.
 */
public final class EventParser {
  /** Longest {@code project_id}, in characters. */
  public static final int PROJECT_ID_LENGTH_MAX = 255;

  /** Most events of a batch. */
  public static final int BATCH_MAX = 1_000;

  /**
   * A fault of one field; the field's name is dotted with indexes, as in {@code events[0].data}.
   */
  public record Fault(String field, String message) {}

  private final int dataBytesMax;
  private final List<Fault> faults = new ArrayList<>();
  private boolean tooLarge;

  /**
   * @param dataBytesMax largest {@code data} of one event
   */
  public EventParser(int dataBytesMax) {
    this.dataBytesMax = dataBytesMax;
  }

  /** Every fault found so far; empty means that the events are valid. */
  public List<Fault> faults() {
    return List.copyOf(faults);
  }

  /** Largest {@code data} of one event that it takes. */
  int dataBytesMax() {
    return dataBytesMax;
  }

  /** Whether some event's {@code data} is larger than allowed. */
  public boolean tooLarge() {
    return tooLarge;
  }

  /**
   * Reads the body of {@code POST /api/events}. Valid only if {@link #faults} is empty afterwards.
   *
   * @throws InvalidJsonException if the bytes are no JSON object
   */
  public List<NewEvent> single(byte[] body) throws InvalidJsonException {
    StrictJson.requireUtf8(body, 0, body.length);
    try (JsonParser parser = StrictJson.parser(body, 0, body.length)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new InvalidJsonException("the body must be a JSON object");
      }
      NewEvent event = event(parser, body, "");
      StrictJson.requireEnd(parser);
      return event == null ? List.of() : List.of(event);
    } catch (IOException e) {
      throw StrictJson.invalid(e);
    }
  }

  /**
   * Reads the body of {@code POST /api/events/batch}.
   *
   * @throws InvalidJsonException if the bytes are no JSON object
   */
  public List<NewEvent> batch(byte[] body) throws InvalidJsonException {
    StrictJson.requireUtf8(body, 0, body.length);
    try (JsonParser parser = StrictJson.parser(body, 0, body.length)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new InvalidJsonException("the body must be a JSON object");
      }
      List<NewEvent> events = null;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        if (name.equals("events")) {
          events = events(parser, body);
        } else {
          fault(name, "is not a known field");
          parser.skipChildren();
        }
      }
      StrictJson.requireEnd(parser);
      if (events == null) {
        fault("events", "is required");
        return List.of();
      }
      return events;
    } catch (IOException e) {
      throw StrictJson.invalid(e);
    }
  }

  /**
   * Checks the raw JSON of {@code data} that comes from within the process.
   *
   * @throws InvalidJsonException if the bytes are no JSON object
   */
  public @Nullable NewEvent raw(
      String type, @Nullable String projectId, @Nullable String timestamp, Buffer data)
      throws InvalidJsonException {
    byte[] bytes = data.getBytes();
    StrictJson.requireUtf8(bytes, 0, bytes.length);
    Draft draft = new Draft("");
    draft.type(type);
    draft.projectId = projectId == null ? null : checkedProject(projectId, "project_id");
    draft.timestamp(timestamp);
    try (JsonParser parser = StrictJson.parser(bytes, 0, bytes.length)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new InvalidJsonException("data must be a JSON object");
      }
      draft.data(parser, bytes);
      StrictJson.requireEnd(parser);
    } catch (IOException e) {
      throw StrictJson.invalid(e);
    }
    return draft.finish();
  }

  private List<NewEvent> events(JsonParser parser, byte[] body) throws IOException {
    List<NewEvent> events = new ArrayList<>();
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      fault("events", "must be an array of 1 to " + BATCH_MAX + " events");
      parser.skipChildren();
      return events;
    }
    int index = 0;
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (index >= BATCH_MAX) {
        parser.skipChildren();
      } else if (token != JsonToken.START_OBJECT) {
        fault("events[" + index + "]", "must be an object");
        parser.skipChildren();
      } else {
        NewEvent event = event(parser, body, "events[" + index + "].");
        if (event != null) {
          events.add(event);
        }
      }
      index++;
    }
    if (index == 0 || index > BATCH_MAX) {
      fault("events", "must have 1 to " + BATCH_MAX + " events, not " + index);
    }
    return events;
  }

  private @Nullable NewEvent event(JsonParser parser, byte[] body, String path) throws IOException {
    Draft draft = new Draft(path);
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      switch (name) {
        case "event" -> draft.type(string(parser, token, path + name));
        case "project_id" -> draft.project(parser, token, path + name);
        case "timestamp" -> {
          String text = token == JsonToken.VALUE_NULL ? null : string(parser, token, path + name);
          draft.timestamp(text);
        }
        case "data" -> {
          draft.dataSeen = true;
          if (token == JsonToken.START_OBJECT) {
            draft.data(parser, body);
          } else {
            fault(path + name, "must be an object");
            parser.skipChildren();
          }
        }
        default -> {
          fault(path + name, "is not a known field");
          parser.skipChildren();
        }
      }
    }
    return draft.finish();
  }

  private @Nullable String string(JsonParser parser, JsonToken token, String field)
      throws IOException {
    if (token == JsonToken.VALUE_STRING) {
      return parser.getText();
    }
    fault(field, "must be a string");
    parser.skipChildren();
    return null;
  }

  private @Nullable String checkedProject(String projectId, String field) {
    if (!isProject(projectId)) {
      fault(field, "must be 1 to " + PROJECT_ID_LENGTH_MAX + " characters, none of them NUL");
      return null;
    }
    return projectId;
  }

  private static boolean isProject(String text) {
    return !text.isEmpty()
        && text.codePointCount(0, text.length()) <= PROJECT_ID_LENGTH_MAX
        && isStorable(text);
  }

  /** Whether PostgreSQL can store the text: no NUL, no lone surrogate (which has no UTF-8 form). */
  private static boolean isStorable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return false;
      }
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  private void fault(String field, String message) {
    faults.add(new Fault(field, message));
  }

  /** The fields of one event as they are met, in any order. */
  private final class Draft {
    private final String path;
    private @Nullable String type;
    private boolean typeSeen;
    private @Nullable String projectId;
    private boolean projectSeen;
    private @Nullable String dataProjectId;
    private @Nullable String timestamp;
    private @Nullable Buffer data;
    private boolean dataSeen;

    Draft(String path) {
      this.path = path;
    }

    void type(@Nullable String text) {
      typeSeen = true;
      if (text == null) {
        return;
      }
      if (EventType.known(text)) {
        type = text;
      } else {
        fault(
            path + "event",
            "'"
                + shortened(text)
                + "' is not a known event type; known types: "
                + EventType.names());
      }
    }

    void project(JsonParser parser, JsonToken token, String field) throws IOException {
      if (token == JsonToken.VALUE_NULL) {
        return;
      }
      projectSeen = true;
      String text = string(parser, token, field);
      if (token == JsonToken.VALUE_STRING && text != null) {
        projectId = checkedProject(text, field);
      }
    }

    void timestamp(@Nullable String text) {
      if (text == null) {
        return;
      }
      timestamp = EventTimestamp.normalize(text).orElse(null);
      if (timestamp == null) {
        fault(
            path + "timestamp",
            "must be an ISO 8601 date and time with an offset, such as 2024-01-01T12:00:00Z");
      }
    }

    /** Walks over the object at which the parser stands and keeps its bytes. */
    void data(JsonParser parser, byte[] body) throws IOException {
      dataSeen = true;
      int start = (int) parser.currentTokenLocation().getByteOffset();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean project = parser.currentName().equals("project_id");
        if (parser.nextToken() == JsonToken.VALUE_STRING) {
          if (project) {
            dataProjectId = parser.getText();
          } else {
            // Reads the string to its end, so that its length is checked though nobody wants it.
            parser.finishToken();
          }
        } else {
          parser.skipChildren();
        }
      }
      int end = (int) parser.currentLocation().getByteOffset();
      if (end - start > dataBytesMax) {
        tooLarge = true;
        fault(path + "data", "must be at most " + dataBytesMax + " bytes");
        return;
      }
      data = Buffer.buffer(end - start).appendBytes(body, start, end - start);
    }

    @Nullable NewEvent finish() {
      if (!typeSeen) {
        fault(path + "event", "is required");
      }
      if (!dataSeen) {
        fault(path + "data", "is required");
      }
      // The fallback is somebody's payload: one that could not be a project is no project, not an
      // error.
      if (!projectSeen && projectId == null && dataProjectId != null && isProject(dataProjectId)) {
        projectId = dataProjectId;
      }
      if (type == null || data == null) {
        return null;
      }
      return new NewEvent(type, projectId, timestamp, data);
    }
  }

  private static String shortened(String text) {
    return text.length() <= 64 ? text : text.substring(0, 64) + "…";
  }
}
