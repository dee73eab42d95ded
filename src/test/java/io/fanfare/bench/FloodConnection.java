package io.fanfare.bench;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A connection of a client that keeps it and sends one request at a time. It reads no more of an
 * answer than its head and its length: a whole HTTP client costs several times as much, and takes
 * the processor from what is measured. Used on one context.
 */
final class FloodConnection {
  private static final String LENGTH = "\r\ncontent-length: ";
  private static final int HEAD_MAX = 16_384;
  private static final int STATUS_AT = 9; // behind "HTTP/1.1 "

  private final NetSocket socket;
  private final Owner owner;
  private Buffer head = Buffer.buffer();
  private long bodyLeft;
  private boolean waiting;
  private boolean closing;
  private Answer answer = new Answer(0, false);
  private long dueNanos;
  private long sentNanos;

  /** What an answer says. */
  record Answer(int status, boolean retryAfter) {}

  /** Whom it tells. */
  interface Owner {
    /** An answer is there whole, and the connection is free unless it closes. */
    void answered(FloodConnection connection, Answer answer);

    /**
     * It is closed.
     *
     * @param unanswered whether a request was on its way
     */
    void closed(FloodConnection connection, boolean unanswered);
  }

  FloodConnection(NetSocket socket, Owner owner) {
    this.socket = socket;
    this.owner = owner;
    socket.handler(this::read);
    socket.exceptionHandler(failure -> socket.close());
    socket.closeHandler(closed -> owner.closed(this, waiting));
  }

  /** Sends a whole request that was due at that moment; the connection must be free. */
  void send(Buffer request, long due) {
    waiting = true;
    dueNanos = due;
    sentNanos = System.nanoTime();
    socket.write(request);
  }

  /** When the request was due that was sent last. */
  long dueNanos() {
    return dueNanos;
  }

  /** When that request was sent. */
  long sentNanos() {
    return sentNanos;
  }

  /** Whether it takes another request once it has answered. */
  boolean isUsable() {
    return !closing;
  }

  void close() {
    socket.close();
  }

  private void read(Buffer bytes) {
    if (bodyLeft > 0) {
      bodyLeft -= bytes.length();
    } else {
      head.appendBuffer(bytes);
      String text = head.toString(StandardCharsets.ISO_8859_1);
      int end = text.indexOf("\r\n\r\n");
      if (end < 0) {
        if (head.length() > HEAD_MAX) {
          socket.close();
        }
        return;
      }
      readHead(text.substring(0, end + 2).toLowerCase(Locale.ROOT));
      bodyLeft -= head.length() - end - 4;
      head = Buffer.buffer();
    }
    if (bodyLeft == 0 && waiting) {
      waiting = false;
      owner.answered(this, answer);
    } else if (bodyLeft < 0) {
      socket.close(); // nobody asked for that
    }
  }

  private void readHead(String text) {
    answer =
        new Answer(
            Integer.parseInt(text, STATUS_AT, STATUS_AT + 3, 10),
            text.contains("\r\nretry-after: "));
    closing = text.contains("\r\nconnection: close\r\n");
    int from = text.indexOf(LENGTH) + LENGTH.length();
    bodyLeft = Long.parseLong(text, from, text.indexOf('\r', from), 10);
  }
}
