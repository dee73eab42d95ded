package io.fanfare.receivers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * One thing that a hostile receiver does to a request, and what an attempt with a timeout of one
 * second makes of it by the contract.
 *
 * @param name unique; its path is {@code "/" + name}
 * @param outcome response code and error as {@link Tested#outcome} has them
 * @param untilDeadline whether the receiver does it for as long as it may
 */
public record Hostility(
    String name, HostileReceiver.Script script, String outcome, boolean untilDeadline) {
  private static final String ACCEPTED = "200 null";
  private static final String CUT = "null connection closed before the answer";
  private static final String MALFORMED = "null malformed answer";
  private static final String TIMEOUT = "null timeout after 1 s";

  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String CHUNKED = OK + "transfer-encoding: chunked\r\n\r\n";
  private static final Duration STEP = Duration.ofMillis(20);
  private static final int GIGABYTE = 1 << 30;
  private static final int BOMB_BYTES = 64 << 20;

  private static final List<Hostility> ALL =
      Stream.of(heads(), informational(), bodies(), ends(), slow()).flatMap(List::stream).toList();

  /** Where a receiver that does this is asked to do it. */
  public String path() {
    return "/" + name;
  }

  @Override
  public String toString() {
    return name;
  }

  /** All of them. */
  public static List<Hostility> all() {
    return ALL;
  }

  /** Those that hang, trickle or flood until they are stopped. */
  public static List<Hostility> thatLast() {
    return ALL.stream().filter(Hostility::untilDeadline).toList();
  }

  private static List<Hostility> heads() {
    return List.of(
        answers("garbage", "\u0001\u0002garbage\r\n\r\n", MALFORMED),
        answers("http09", "<html>HTTP/0.9 has no head</html>\r\n\r\n", MALFORMED),
        answers("ssh", "SSH-2.0-OpenSSH_9.2\r\n\r\n", MALFORMED),
        answers("tls", "\u0015\u0003\u0003\u0000\u0002\u0002(\r\n\r\n", MALFORMED),
        answers("no-number", "HTTP/1.1 abc OK\r\n\r\n", MALFORMED),
        answers("negative", "HTTP/1.1 -200 OK\r\n\r\n", MALFORMED),
        answers("four-digits", "HTTP/1.1 2000 OK\r\ncontent-length: 0\r\n\r\n", MALFORMED),
        answers("over-599", "HTTP/1.1 600 Odd\r\ncontent-length: 0\r\n\r\n", MALFORMED),
        answers("http2", "HTTP/2.0 200 OK\r\ncontent-length: 0\r\n\r\n", MALFORMED),
        answers("http10", "HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n", ACCEPTED),
        answers("two-lengths", OK + "content-length: 1\r\ncontent-length: 2\r\n\r\nab", MALFORMED),
        answers(
            "length-and-chunked",
            OK + "content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            MALFORMED),
        answers("bad-length", OK + "content-length: x\r\n\r\n", MALFORMED),
        answers("negative-length", OK + "content-length: -1\r\n\r\n", MALFORMED),
        answers("huge-length", OK + "content-length: 99999999999999999999\r\n\r\n", MALFORMED),
        answers(
            "long-line",
            "HTTP/1.1 200 " + "x".repeat(5_000) + "\r\ncontent-length: 0\r\n\r\n",
            MALFORMED),
        answers(
            "long-header",
            OK + "x: " + "x".repeat(1 << 20) + "\r\ncontent-length: 0\r\n\r\n",
            MALFORMED),
        answers(
            "many-headers",
            OK + "a: b\r\n".repeat(100_000) + "content-length: 0\r\n\r\n",
            MALFORMED),
        answers("nul-header", OK + "x: a\u0000b\r\n\r\n", MALFORMED),
        forever("endless-line", "HTTP/1.1 200 ", "x".repeat(8_192), MALFORMED),
        forever("endless-header", OK + "x: ", "x".repeat(8_192), MALFORMED),
        forever("endless-headers", OK, "x: y\r\n".repeat(1_000), MALFORMED));
  }

  private static List<Hostility> informational() {
    String done = OK + "content-length: 0\r\n\r\n";
    return List.of(
        answers("switching", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n", MALFORMED),
        answers("continued", "HTTP/1.1 100 Continue\r\n\r\n" + done, ACCEPTED),
        answers("processing", "HTTP/1.1 102 Processing\r\n\r\n" + done, ACCEPTED),
        answers("hints", "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + done, ACCEPTED),
        forever("endless-continued", "", "HTTP/1.1 100 Continue\r\n\r\n".repeat(100), MALFORMED),
        forever(
            "endless-hints",
            "",
            "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n".repeat(100),
            MALFORMED));
  }

  private static List<Hostility> bodies() {
    return List.of(
        answers("bad-chunk", CHUNKED + "zz\r\nab\r\n", ACCEPTED),
        answers("body-of-204", "HTTP/1.1 204 No Content\r\n\r\nbody", "204 null"),
        answers("length-of-204", "HTTP/1.1 204 No\r\ncontent-length: 4\r\n\r\nbody", "204 null"),
        answers("stray-bytes", OK + "content-length: 2\r\n\r\nOKstray\r\n\r\n", ACCEPTED),
        answers(
            "second-answer",
            OK + "content-length: 2\r\n\r\nOKHTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n",
            ACCEPTED),
        answers("too-big", OK + "content-length: 20000\r\n\r\n" + "x".repeat(20_000), ACCEPTED),
        forever("endless", CHUNKED, "8000\r\n" + "x".repeat(0x8000) + "\r\n", ACCEPTED),
        forever("endless-chunk-line", CHUNKED + "1;", "x".repeat(8_192), ACCEPTED),
        forever("endless-trailer", CHUNKED + "0\r\n", "x: y\r\n".repeat(1_000), ACCEPTED),
        new Hostility("gigabyte", Hostility::sendGigabyte, ACCEPTED, false),
        new Hostility("gzip-bomb", Hostility::sendBomb, ACCEPTED, false));
  }

  private static List<Hostility> ends() {
    return List.of(
        new Hostility("reset", HostileReceiver.Exchange::reset, CUT, false),
        then("reset-in-head", OK + "x: ", HostileReceiver.Exchange::reset, CUT),
        then("close", "", HostileReceiver.Exchange::close, CUT),
        then("close-in-head", OK + "content-le", HostileReceiver.Exchange::close, CUT),
        then("half-close", "", HostileReceiver.Exchange::halfClose, CUT),
        then("half-close-in-head", OK + "x: ", HostileReceiver.Exchange::halfClose, CUT),
        then(
            "close-in-body",
            OK + "content-length: 10\r\n\r\nhalf",
            HostileReceiver.Exchange::close,
            ACCEPTED),
        then("close-in-chunk", CHUNKED + "a\r\nhalf", HostileReceiver.Exchange::close, ACCEPTED),
        then(
            "half-close-in-body",
            OK + "content-length: 10\r\n\r\nhalf",
            HostileReceiver.Exchange::halfClose,
            ACCEPTED),
        then(
            "close-in-body-of-500",
            "HTTP/1.1 500 Oh\r\ncontent-length: 10\r\n\r\nhalf",
            HostileReceiver.Exchange::close,
            "500 HTTP 500: Internal Server Error"));
  }

  private static List<Hostility> slow() {
    return List.of(
        hangs("never", "", TIMEOUT),
        hangs("half-head", OK + "x: ", TIMEOUT),
        trickles("trickled-line", "HTTP/1.1 200 ", "x", TIMEOUT),
        trickles("trickled-headers", OK, "x: y\r\n", TIMEOUT),
        trickles(
            "trickled-informational",
            "",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nx: y\r\n\r\n",
            TIMEOUT),
        hangs("no-body", OK + "content-length: 5\r\n\r\n", ACCEPTED),
        hangs("half-chunk", CHUNKED + "5\r\nab", ACCEPTED),
        trickles("trickled-body", OK + "content-length: 99999\r\n\r\n", "x", ACCEPTED),
        trickles("trickled-chunks", CHUNKED, "1\r\nx\r\n", ACCEPTED),
        trickles("until-close", OK + "\r\n", "x", ACCEPTED));
  }

  private static Hostility answers(String name, String raw, String outcome) {
    return new Hostility(name, exchange -> exchange.send(raw), outcome, false);
  }

  private static Hostility then(
      String name, String begin, HostileReceiver.Script end, String outcome) {
    return new Hostility(
        name,
        exchange -> {
          exchange.send(begin);
          end.run(exchange);
        },
        outcome,
        false);
  }

  /** Repeats a part as fast as the other side takes it, until it does no more. */
  private static Hostility forever(String name, String begin, String part, String outcome) {
    byte[] bytes = part.getBytes(StandardCharsets.ISO_8859_1);
    return new Hostility(
        name,
        exchange -> {
          exchange.send(begin);
          while (true) {
            exchange.send(bytes);
          }
        },
        outcome,
        false);
  }

  private static Hostility hangs(String name, String begin, String outcome) {
    return new Hostility(
        name,
        exchange -> {
          exchange.send(begin);
          exchange.hang();
        },
        outcome,
        true);
  }

  private static Hostility trickles(String name, String begin, String drop, String outcome) {
    return new Hostility(
        name,
        exchange -> {
          exchange.send(begin);
          while (exchange.pause(STEP)) {
            exchange.send(drop);
          }
          exchange.hang();
        },
        outcome,
        true);
  }

  private static void sendGigabyte(HostileReceiver.Exchange exchange) throws IOException {
    exchange.send(OK + "content-length: " + GIGABYTE + "\r\n\r\n");
    byte[] part = new byte[1 << 20];
    for (int i = 0; i < GIGABYTE / part.length; i++) {
      exchange.send(part);
    }
  }

  private static void sendBomb(HostileReceiver.Exchange exchange) throws IOException {
    byte[] bomb = Bomb.BYTES;
    exchange.send(OK + "content-encoding: gzip\r\ncontent-length: " + bomb.length + "\r\n\r\n");
    exchange.send(bomb);
  }

  /** Zeros that fit a thousandth of their size; made when they are asked for first. */
  private static final class Bomb {
    private static final byte[] BYTES = make();

    private static byte[] make() {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      byte[] zeros = new byte[1 << 20];
      try (OutputStream zip = new GZIPOutputStream(bytes)) {
        for (int i = 0; i < BOMB_BYTES / zeros.length; i++) {
          zip.write(zeros);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return bytes.toByteArray();
    }
  }
}
