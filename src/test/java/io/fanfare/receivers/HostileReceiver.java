package io.fanfare.receivers;

import io.vertx.core.buffer.Buffer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A receiver on raw sockets that does to each path what the test wants, byte for byte, and keeps
 * the bytes that it got. One thread for each connection.
 */
public final class HostileReceiver implements AutoCloseable {
  private static final int RECEIVE_BUFFER = 8 << 10;

  private final ServerSocket server;
  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final Map<String, Script> scriptsBeforeBody = new ConcurrentHashMap<>();
  private volatile Script greeting = exchange -> {};
  private volatile Script otherwise =
      exchange -> exchange.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nOK");
  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private final Queue<String> cut = new ConcurrentLinkedQueue<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();

  /** What is done when a request has arrived; what it throws ends the connection. */
  public interface Script {
    /** Does it. */
    void run(Exchange exchange) throws IOException;
  }

  /**
   * A request as it arrived.
   *
   * @param connection number of the connection, from 1
   * @param nth number of the request on it, from 1
   * @param head request line and headers, up to the empty line
   */
  record Request(int connection, int nth, String head, Buffer body, long arrivedNanos) {
    String path() {
      return head.split(" ", 3)[1];
    }

    /** The lines of the header section as they were sent. */
    List<String> headerLines() {
      return head.lines().skip(1).toList();
    }

    /** Value of the only header of that name, in any case. */
    String header(String name) {
      List<String> values =
          headerLines().stream()
              .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
              .map(line -> line.substring(name.length() + 1).trim())
              .toList();
      if (values.size() != 1) {
        throw new AssertionError(name + " is there " + values.size() + " times in\n" + head);
      }
      return values.get(0);
    }

    String bodyText() {
      return body.toString();
    }
  }

  /** A request and the way to answer it. */
  public static final class Exchange {
    private final Socket socket;
    private final InputStream in;
    private final Request request;

    private Exchange(Socket socket, InputStream in, Request request) {
      this.socket = socket;
      this.in = in;
      this.request = request;
    }

    Request request() {
      return request;
    }

    /** Sends these characters, one byte each. */
    void send(String text) throws IOException {
      send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
    }

    /** Waits, and answers whether the other side still holds the connection. */
    boolean pause(Duration time) throws IOException {
      socket.setSoTimeout((int) time.toMillis());
      try {
        in.mark(1);
        boolean there = in.read() >= 0;
        in.reset();
        return there;
      } catch (SocketTimeoutException e) {
        return true;
      } finally {
        socket.setSoTimeout(0);
      }
    }

    /** Waits for bytes that are no request, and drops those that have come. */
    void drop() throws IOException {
      if (in.read() < 0) {
        throw new IOException("the other side has closed");
      }
      in.skipNBytes(in.available());
    }

    /** Waits for another request, and answers whether none came in that time. */
    boolean isIdleFor(Duration time) throws IOException {
      socket.setSoTimeout((int) time.toMillis());
      try {
        in.mark(1);
        if (in.read() < 0) {
          throw new IOException("the other side has closed");
        }
        in.reset();
        return false;
      } catch (SocketTimeoutException e) {
        return true;
      } finally {
        socket.setSoTimeout(0);
      }
    }

    /** Says nothing more until the other side ends the connection. */
    void hang() throws IOException {
      in.transferTo(OutputStream.nullOutputStream());
      throw new IOException("the other side has closed");
    }

    void close() throws IOException {
      socket.close();
    }

    /** Sends a FIN, and reads on until the other side ends the connection. */
    void halfClose() throws IOException {
      socket.shutdownOutput();
      hang();
    }

    /** Ends the connection with a RST. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  private HostileReceiver(String address, int port) throws IOException {
    server = new ServerSocket();
    // Small, so that what is not read does not disappear in buffers.
    server.setReceiveBufferSize(RECEIVE_BUFFER);
    server.bind(new InetSocketAddress(InetAddress.getByName(address), port), 1_000);
    daemon("receiver", this::accept);
  }

  /** A receiver that answers 200 to everything. */
  public static HostileReceiver start() throws IOException {
    return start("127.0.0.1");
  }

  /** The same on another address of this machine. */
  public static HostileReceiver start(String address) throws IOException {
    return start(address, 0);
  }

  /** The same on a certain port. */
  public static HostileReceiver start(String address, int port) throws IOException {
    return new HostileReceiver(address, port);
  }

  /** The port. */
  public int port() {
    return server.getLocalPort();
  }

  /** The URL of a path, if it listens on 127.0.0.1. */
  public String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  /** Does this to every request for the path from now on. */
  void on(String path, Script script) {
    scripts.put(path, script);
  }

  /** Does this to every connection before its first request from now on. */
  void greet(Script script) {
    greeting = script;
  }

  /** Does this when the head of a request for the path has arrived, without taking its body. */
  void beforeBody(String path, Script script) {
    scriptsBeforeBody.put(path, script);
  }

  /** Does all of these, each at its path. */
  public void on(List<Hostility> hostilities) {
    hostilities.forEach(hostility -> on(hostility.path(), hostility.script()));
  }

  /** Does this to every request for another path from now on. */
  void otherwise(Script script) {
    otherwise = script;
  }

  /** Sends these characters to every request for the path from now on. */
  void answer(String path, String raw) {
    on(path, exchange -> exchange.send(raw));
  }

  /** Sends these characters and closes. */
  void answerAndClose(String path, String raw) {
    on(
        path,
        exchange -> {
          exchange.send(raw);
          exchange.close();
        });
  }

  List<Request> requests(String path) {
    return requests.stream().filter(request -> request.path().equals(path)).toList();
  }

  /** How many scripts of the path the other side has ended by closing the connection. */
  long cut(String path) {
    return cut.stream().filter(path::equals).count();
  }

  /** How many requests have arrived. */
  int received() {
    return requests.size();
  }

  /** How many connections there have been. */
  int connections() {
    return connections.get();
  }

  /** How many connections nobody has closed yet. */
  public int open() {
    return open.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        sockets.add(socket);
        int number = connections.incrementAndGet();
        open.incrementAndGet();
        daemon("receiver-" + number, () -> serve(socket, number));
      }
    } catch (IOException closed) {
      sockets.forEach(HostileReceiver::closeQuietly);
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream(), 64 << 10);
      greeting.run(
          new Exchange(socket, in, new Request(number, 0, "", Buffer.buffer(), System.nanoTime())));
      int nth = 0;
      for (String head = readHead(in); head != null; head = readHead(in)) {
        nth++;
        Request begun = new Request(number, nth, head, Buffer.buffer(), System.nanoTime());
        Script early = scriptsBeforeBody.get(begun.path());
        if (early != null) {
          run(early, new Exchange(socket, in, begun));
        }
        Request request =
            new Request(
                number,
                nth,
                head,
                Buffer.buffer(in.readNBytes(contentLength(head))),
                System.nanoTime());
        requests.add(request);
        run(scripts.getOrDefault(request.path(), otherwise), new Exchange(socket, in, request));
        if (socket.isClosed()) {
          return;
        }
      }
    } catch (IOException ended) {
      // Either side has ended the connection, which is what most scripts are about.
      return;
    } finally {
      open.decrementAndGet();
    }
  }

  private void run(Script script, Exchange exchange) throws IOException {
    try {
      script.run(exchange);
    } catch (IOException ended) {
      cut.add(exchange.request().path());
      throw ended;
    }
  }

  private static String readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int last = 0;
    for (int next = in.read(); next >= 0; next = in.read()) {
      head.write(next);
      last = last << 8 | next;
      if (last == 0x0d0a0d0a) {
        String text = head.toString(StandardCharsets.ISO_8859_1);
        return text.substring(0, text.length() - 4);
      }
    }
    return null;
  }

  private static int contentLength(String head) {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
        .mapToInt(line -> Integer.parseInt(line.substring(15).trim()))
        .findFirst()
        .orElse(0);
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed, then.
      return;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
