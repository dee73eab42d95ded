package io.fanfare.receivers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Listens on every address of the machine, both families, and remembers by which address it was
 * reached. Answers 200, or at {@code /redirect/3xx} points at the metadata service.
 */
final class Canary implements AutoCloseable {
  private static final Pattern REDIRECT = Pattern.compile("POST /redirect/(\\d{3}) .*");
  private static final int SILENCE_MILLIS_MAX = 2_000;

  private final ServerSocket server = new ServerSocket(0, 1_000);
  private final List<InetAddress> reached = new CopyOnWriteArrayList<>();

  private Canary() throws IOException {
    Thread thread = new Thread(this::accept, "canary");
    thread.setDaemon(true);
    thread.start();
  }

  static Canary start() throws IOException {
    return new Canary();
  }

  int port() {
    return server.getLocalPort();
  }

  /** The addresses by which it was reached, in order. */
  List<InetAddress> reached() {
    return List.copyOf(reached);
  }

  private void accept() {
    while (true) {
      try (Socket socket = server.accept()) {
        reached.add(socket.getLocalAddress());
        socket.setSoTimeout(SILENCE_MILLIS_MAX);
        answer(socket);
      } catch (IOException e) {
        if (server.isClosed()) {
          return;
        }
      }
    }
  }

  private void answer(Socket socket) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    String first = in.readLine();
    if (first == null) {
      return;
    }
    // What is not read would make the close a reset, which may overtake the answer.
    int length = 0;
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
        length = Integer.parseInt(line.substring(15).strip());
      }
    }
    in.skip(length);
    Matcher redirect = REDIRECT.matcher(first);
    String target = "http://169.254.169.254:" + port() + "/latest/meta-data/";
    String head =
        redirect.matches()
            ? redirect.group(1) + " Go\r\nlocation: " + target + "\r\nrefresh: 0; url=" + target
            : "200 OK";
    socket
        .getOutputStream()
        .write(
            ("HTTP/1.1 " + head + "\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
