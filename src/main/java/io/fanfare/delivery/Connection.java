package io.fanfare.delivery;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.internal.net.NetSocketInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 connection to a receiver (RFC 9112), with one exchange on it at a time. It knows no
 * more of HTTP than a delivery needs: a request is one buffer with its head and its body, written
 * at once, and the parser of answers is Netty's. Vert.x' own client makes a request, a stream,
 * promises and header maps for each.
 *
 * <p>What comes while no exchange is under way, or behind the end of an answer, belongs to no
 * answer: then the connection is closed, and nothing of it is taken for the next answer. An
 * exchange therefore ends when all bytes that came together have been looked at.
 *
 * <p>Used from its event loop only.
 */
final class Connection extends ChannelInboundHandlerAdapter {
  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;
  // A receiver has a few at most. Without a bound they would be read as fast as they come.
  private static final int INFORMATIONAL_MAX = 1_000;

  private final Connections.Endpoint endpoint;
  private final Channel channel;
  private final long bornNanos;
  private long idleSinceNanos;
  private @Nullable Exchange exchange;
  private @Nullable ChannelFuture written;
  private @Nullable HttpResponse head;
  private int informational;
  private boolean answerOver;
  private boolean used;
  private boolean closed;

  /** Netty's parser of answers, which is given nothing that belongs to none. */
  private final class Parser extends HttpResponseDecoder {
    private static final int LINE_BYTES_MAX = 4_096;
    private static final int HEAD_BYTES_MAX = 8_192;
    private static final int CHUNK_BYTES_MAX = 8_192;

    Parser() {
      super(
          new HttpDecoderConfig()
              .setMaxInitialLineLength(LINE_BYTES_MAX)
              .setMaxHeaderSize(HEAD_BYTES_MAX)
              .setMaxChunkSize(CHUNK_BYTES_MAX));
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> out)
        throws Exception {
      if (exchange == null || answerOver) {
        bytes.skipBytes(bytes.readableBytes());
        stray();
      } else {
        super.decode(context, bytes, out);
      }
    }
  }

  /**
   * Takes over the channel of a socket that is connected, and its TLS is up if it has any.
   *
   * @param bornNanos the moment
   */
  Connection(Connections.Endpoint endpoint, NetSocketInternal socket, long bornNanos) {
    this.endpoint = endpoint;
    this.channel = socket.channelHandlerContext().channel();
    this.bornNanos = bornNanos;
    ChannelPipeline pipeline = channel.pipeline();
    List<ChannelHandler> handlers = new ArrayList<>(pipeline.toMap().values());
    // Those of Vert.x' socket, which has nothing more to do with it.
    handlers.stream().filter(handler -> !(handler instanceof SslHandler)).forEach(pipeline::remove);
    pipeline.addLast("parser", new Parser()).addLast("connection", this);
  }

  Connections.Endpoint endpoint() {
    return endpoint;
  }

  /** The moment it was made. */
  long bornNanos() {
    return bornNanos;
  }

  /** The moment of {@link #rest}. */
  long idleSinceNanos() {
    return idleSinceNanos;
  }

  /** Its exchange has ended well, and the next one has not begun. */
  void rest(long nowNanos) {
    idleSinceNanos = nowNanos;
  }

  /** Makes the buffers of requests. */
  ByteBufAllocator allocator() {
    return channel.alloc();
  }

  /** Whether it carried a request before: then the receiver may have closed it unseen. */
  boolean isReused() {
    return used;
  }

  /** Whether it has ended, or must not be used any more. */
  boolean isClosed() {
    return closed;
  }

  /**
   * Sends a request. The exchange is told of the answer, unless the connection is closed by us
   * before.
   *
   * @param request head and body, given away
   */
  void send(ByteBuf request, Exchange exchange) {
    this.exchange = exchange;
    head = null;
    informational = 0;
    answerOver = false;
    written = channel.writeAndFlush(request);
  }

  /** Closes it and forgets the exchange, which is told nothing any more. */
  void close() {
    exchange = null;
    closeChannel();
  }

  private void closeChannel() {
    closed = true;
    // What becomes of it is told by the pipeline.
    ChannelFuture unused = channel.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (exchange == null) {
        // What the parser still had when the exchange was given up.
        return;
      }
      Throwable failure = ((HttpObject) message).decoderResult().cause();
      if (failure instanceof PrematureChannelClosureException) {
        closed = true;
        cut(failure);
      } else if (failure != null) {
        failed(failure);
      } else {
        if (message instanceof HttpResponse response) {
          headed(response);
        }
        if (message instanceof HttpContent content) {
          received(content);
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /** Bytes came that nobody asked for. An answer before them is none the worse for it. */
  private void stray() {
    closed = true;
    if (exchange == null) {
      closeChannel();
    }
  }

  private void failed(Throwable cause) {
    Exchange failed = exchange;
    close();
    if (failed != null) {
      failed.malformed(cause);
    }
  }

  private void headed(HttpResponse response) {
    if (response.protocolVersion().majorVersion() != 1) {
      failed(new IllegalStateException("an answer of HTTP/" + response.protocolVersion()));
    } else if (response.status().codeClass() != HttpStatusClass.INFORMATIONAL
        || response.status().code() == SWITCHING_PROTOCOLS
        || ++informational > INFORMATIONAL_MAX) {
      head = response;
      exchange().head(response);
    }
  }

  private void received(HttpContent content) {
    // An informational answer ends too; and the exchange may have closed the connection.
    if (head == null || exchange == null) {
      return;
    }
    if (content.content().isReadable()) {
      exchange().body(content.content());
    }
    answerOver = content instanceof LastHttpContent;
  }

  private Exchange exchange() {
    return Objects.requireNonNull(exchange);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    end();
  }

  /** Ends the exchange whose answer is complete. */
  private void end() {
    Exchange over = exchange;
    HttpResponse answer = head;
    if (!answerOver || over == null || answer == null) {
      return;
    }
    boolean atRest =
        !closed
            && written != null
            && written.isSuccess()
            && HttpUtil.isKeepAlive(answer)
            && !announcesBodyItCannotHave(answer);
    exchange = null;
    used = true;
    if (!atRest) {
      close();
    }
    over.ended(atRest);
  }

  /**
   * These have no body (RFC 9112, section 6.3). Who announces one may well send it, and then it
   * would be read as the begin of the next answer.
   */
  private static boolean announcesBodyItCannotHave(HttpResponse answer) {
    int status = answer.status().code();
    if (status != NO_CONTENT && status != NOT_MODIFIED) {
      return false;
    }
    String length = answer.headers().get(HttpHeaderNames.CONTENT_LENGTH);
    return answer.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
        || (length != null && !length.equals("0"));
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closed = true;
    // The end of the connection may be the end of the answer (RFC 9112, section 6.3, rule 8).
    end();
    cut(null);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // What a receiver does wrong is its attempt's outcome, and not worth a line in the log.
    closeChannel();
    end();
    cut(cause);
  }

  private void cut(@Nullable Throwable cause) {
    Exchange failed = exchange;
    exchange = null;
    if (failed != null) {
      failed.cut(cause);
    }
  }
}
