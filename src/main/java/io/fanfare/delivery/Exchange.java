package io.fanfare.delivery;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, as the {@link Connection} tells of it, on its event loop.
 *
 * <pre>
 *   head ─► body* ─┬─► ended
 *                  └─► cut · malformed        (each also before the head; nothing follows the last)
 * </pre>
 */
interface Exchange {
  /**
   * The head of the answer. Those of informational ones are passed over, except where no answer can
   * follow: that of 101, and one after too many.
   */
  void head(HttpResponse head);

  /** A part of the answer's body, which belongs to the connection again after this call. */
  void body(ByteBuf part);

  /**
   * The answer is complete.
   *
   * @param atRest whether the connection can carry another request
   */
  void ended(boolean atRest);

  /**
   * The connection ended before the answer did.
   *
   * @param cause null where the receiver closed it in good order
   */
  void cut(@Nullable Throwable cause);

  /** What came is no HTTP/1.1 answer. */
  void malformed(@Nullable Throwable cause);
}
