package io.fanfare.webhook;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals secrets for the database with AES-256-GCM. What is sealed for one webhook and column cannot
 * be opened as that of another. Thread-safe.
 *
 * <pre>
 * 1 byte version │ 4 bytes key id │ 12 bytes nonce │ cipher text and tag
 * </pre>
 */
public final class SecretSeal {
  /** Column of the webhook's secret. */
  public static final String SECRET = "secret";

  /** Column of its custom headers. */
  public static final String HEADERS = "headers";

  private static final byte VERSION = 1;
  private static final int KEY_BYTES = 32;
  private static final int KEY_ID_BYTES = 4;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int HEAD_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;

  /** What is sealed cannot be opened: it was changed, moved, or its key is not in the ring. */
  public static final class UnopenedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean keyMissing;

    private UnopenedException(String message, boolean keyMissing) {
      super(message);
      this.keyMissing = keyMissing;
    }

    /** Whether only a key is missing: all is well with what is sealed. */
    public boolean keyMissing() {
      return keyMissing;
    }
  }

  private record RingKey(int id, SecretKeySpec key) {}

  // To look one up takes as long as to open a secret with it, and a start opens hundreds of
  // thousands.
  private final ThreadLocal<Cipher> ciphers = ThreadLocal.withInitial(SecretSeal::newCipher);
  private final List<RingKey> ring;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param base64Keys AES-256 keys in base64; the first seals, all open
   * @throws IllegalArgumentException where there is none, or one has not 32 bytes
   */
  public SecretSeal(List<String> base64Keys) {
    if (base64Keys.isEmpty()) {
      throw new IllegalArgumentException("at least one key is needed");
    }
    List<RingKey> keys = new ArrayList<>();
    for (String text : base64Keys) {
      byte[] bytes = Base64.getDecoder().decode(text);
      if (bytes.length != KEY_BYTES) {
        throw new IllegalArgumentException("a key must have 32 bytes in base64");
      }
      keys.add(new RingKey(idOf(bytes), new SecretKeySpec(bytes, "AES")));
    }
    this.ring = List.copyOf(keys);
  }

  /** Id of the key that seals; it stands in the bytes 2 to 5 of what it sealed. */
  public int sealingKeyId() {
    return ring.get(0).id();
  }

  /** Whether the ring has the key of that id, in the form of {@link #shown}. */
  public boolean has(String shownKeyId) {
    return ring.stream().anyMatch(key -> shown(key.id()).equals(shownKeyId));
  }

  /** The id of a key as a person reads it: eight hex digits. */
  public static String shown(int keyId) {
    return HexFormat.of().toHexDigits(keyId);
  }

  /** Seals a text for one webhook and column. */
  public byte[] seal(UUID webhook, String column, String text) {
    RingKey sealing = ring.get(0);
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, sealing, nonce, webhook, column);
      byte[] sealed = cipher.doFinal(text.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.allocate(HEAD_BYTES + sealed.length)
          .put(VERSION)
          .putInt(sealing.id())
          .put(nonce)
          .put(sealed)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES-GCM", e);
    }
  }

  /** Opens what was sealed for that webhook and column. */
  public String open(UUID webhook, String column, byte[] sealed) throws UnopenedException {
    if (sealed.length <= HEAD_BYTES || sealed[0] != VERSION) {
      throw new UnopenedException("it is not sealed in a form that this version knows", false);
    }
    int keyId = ByteBuffer.wrap(sealed).getInt(1);
    byte[] nonce = Arrays.copyOfRange(sealed, 1 + KEY_ID_BYTES, HEAD_BYTES);
    for (RingKey key : ring) {
      if (key.id() == keyId) {
        try {
          Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, nonce, webhook, column);
          byte[] text = cipher.doFinal(sealed, HEAD_BYTES, sealed.length - HEAD_BYTES);
          return new String(text, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
          throw new UnopenedException("it was changed, or moved from another row", false);
        }
      }
    }
    throw new UnopenedException(
        "it is sealed with the key " + shown(keyId) + ", which is not in secrets.keys", true);
  }

  private Cipher cipher(int mode, RingKey key, byte[] nonce, UUID webhook, String column)
      throws GeneralSecurityException {
    Cipher cipher = ciphers.get();
    cipher.init(mode, key.key(), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD((webhook + "|" + column).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  private static Cipher newCipher() {
    try {
      return Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES-GCM", e);
    }
  }

  private static int idOf(byte[] key) {
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(key)).getInt();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
