package io.fanfare.webhook;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rows that are sealed anew together. */
final class RekeyBatch {
  private static final Logger LOG = LoggerFactory.getLogger(RekeyBatch.class);

  private final SecretSeal seal;
  private final List<Integer> numbers = new ArrayList<>();
  private final List<Buffer> oldSecrets = new ArrayList<>();
  private final List<Buffer> oldHeaders = new ArrayList<>();
  private final List<Buffer> secrets = new ArrayList<>();
  private final List<Buffer> headers = new ArrayList<>();
  private int lastNumber;

  RekeyBatch(SecretSeal seal) {
    this.seal = seal;
  }

  void add(Row row) {
    int number = row.getInteger("number");
    lastNumber = number;
    UUID id = row.getUUID("id");
    Buffer oldSecret = row.getBuffer("secret_sealed");
    Buffer oldHeader = row.getBuffer("headers_sealed");
    try {
      Buffer secret = again(id, SecretSeal.SECRET, oldSecret);
      Buffer header = again(id, SecretSeal.HEADERS, oldHeader);
      numbers.add(number);
      oldSecrets.add(oldSecret);
      oldHeaders.add(oldHeader);
      secrets.add(secret);
      headers.add(header);
    } catch (SecretSeal.UnopenedException e) {
      LOG.error("webhook number {} keeps its seal: {}", number, e.getMessage());
    }
  }

  private Buffer again(UUID id, String column, Buffer sealed) throws SecretSeal.UnopenedException {
    return Buffer.buffer(seal.seal(id, column, seal.open(id, column, sealed.getBytes())));
  }

  int lastNumber() {
    return lastNumber;
  }

  Tuple tuple() {
    return Tuple.of(
        numbers.toArray(Integer[]::new),
        oldSecrets.toArray(Buffer[]::new),
        oldHeaders.toArray(Buffer[]::new),
        secrets.toArray(Buffer[]::new),
        headers.toArray(Buffer[]::new));
  }
}
