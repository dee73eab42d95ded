package io.fanfare.bus;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageCodec;

/**
 * Passes immutable objects over the event bus within one process, as they are. Messages with it
 * must be sent with {@link #OPTIONS}; it refuses to go over a wire.
 */
public final class LocalCodec implements MessageCodec<Object, Object> {
  /** The name under which the codec is registered. */
  public static final String NAME = "fanfare-local";

  /** Options for a message that stays in this process. */
  public static final DeliveryOptions OPTIONS =
      new DeliveryOptions().setCodecName(NAME).setLocalOnly(true);

  private LocalCodec() {}

  /**
   * Registers the codec unless this Vert.x has it already: a host application may deploy Fanfare
   * twice.
   */
  public static void register(Vertx vertx) {
    try {
      vertx.eventBus().registerCodec(new LocalCodec());
    } catch (IllegalStateException alreadyRegistered) {
      // The only reason for which registerCodec fails; the codec has no state, so the first one
      // serves.
      return;
    }
  }

  @Override
  public void encodeToWire(Buffer buffer, Object value) {
    throw new UnsupportedOperationException("local messages do not leave the process");
  }

  @Override
  public Object decodeFromWire(int position, Buffer buffer) {
    throw new UnsupportedOperationException("local messages do not leave the process");
  }

  @Override
  public Object transform(Object value) {
    return value;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
