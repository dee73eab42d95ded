package io.fanfare.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fanfare.config.StartException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretSealTest {
  private static final String FIRST = key(1);
  private static final String SECOND = key(2);
  private static final UUID WEBHOOK = new UUID(7, 7);

  private static String key(int fill) {
    byte[] bytes = new byte[32];
    java.util.Arrays.fill(bytes, (byte) fill);
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Test
  void opensWhatItSealed() throws SecretSeal.UnopenedException {
    SecretSeal seal = new SecretSeal(List.of(FIRST));
    byte[] sealed = seal.seal(WEBHOOK, SecretSeal.SECRET, "密钥\u0000");

    assertThat(seal.open(WEBHOOK, SecretSeal.SECRET, sealed)).isEqualTo("密钥\u0000");
    assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("密");
    assertThat(seal.seal(WEBHOOK, SecretSeal.SECRET, "密钥\u0000")).isNotEqualTo(sealed);
  }

  @Test
  void opensWithAnyKeyAndSealsWithTheFirst() throws SecretSeal.UnopenedException {
    byte[] old = new SecretSeal(List.of(FIRST)).seal(WEBHOOK, SecretSeal.SECRET, "s");
    SecretSeal ring = new SecretSeal(List.of(SECOND, FIRST));

    assertThat(ring.open(WEBHOOK, SecretSeal.SECRET, old)).isEqualTo("s");
    byte[] sealed = ring.seal(WEBHOOK, SecretSeal.SECRET, "s");
    assertThat(new SecretSeal(List.of(SECOND)).open(WEBHOOK, SecretSeal.SECRET, sealed))
        .isEqualTo("s");
  }

  @Test
  void tellsAMissingKeyFromDamage() {
    byte[] sealed = new SecretSeal(List.of(FIRST)).seal(WEBHOOK, SecretSeal.SECRET, "s");

    assertThatThrownBy(
            () -> new SecretSeal(List.of(SECOND)).open(WEBHOOK, SecretSeal.SECRET, sealed))
        .isInstanceOfSatisfying(
            SecretSeal.UnopenedException.class, e -> assertThat(e.keyMissing()).isTrue());
    sealed[sealed.length - 1] ^= 1;
    assertThatThrownBy(
            () -> new SecretSeal(List.of(FIRST)).open(WEBHOOK, SecretSeal.SECRET, sealed))
        .isInstanceOfSatisfying(
            SecretSeal.UnopenedException.class, e -> assertThat(e.keyMissing()).isFalse());
  }

  @Test
  void doesNotOpenWhatWasMovedToAnotherRowOrColumn() {
    SecretSeal seal = new SecretSeal(List.of(FIRST));
    byte[] sealed = seal.seal(WEBHOOK, SecretSeal.SECRET, "s");

    assertThatThrownBy(() -> seal.open(new UUID(7, 8), SecretSeal.SECRET, sealed))
        .isInstanceOf(SecretSeal.UnopenedException.class);
    assertThatThrownBy(() -> seal.open(WEBHOOK, SecretSeal.HEADERS, sealed))
        .isInstanceOf(SecretSeal.UnopenedException.class);
    assertThatThrownBy(() -> seal.open(WEBHOOK, SecretSeal.SECRET, new byte[5]))
        .isInstanceOf(SecretSeal.UnopenedException.class);
  }

  @Test
  void makesAKeyFileForItsOwnerOnlyAndKeepsIt(@TempDir Path folder) throws Exception {
    Path file = SecretKeyFile.of(folder.resolve("data/postgres"));

    List<String> keys = SecretKeyFile.readOrCreate(file);

    assertThat(file).isEqualTo(folder.resolve("data/postgres.secret-keys"));
    assertThat(keys).hasSize(1);
    assertThat(Base64.getDecoder().decode(keys.get(0))).hasSize(32);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(SecretKeyFile.readOrCreate(file)).isEqualTo(keys);
  }

  @Test
  void refusesADamagedKeyFileWithOneSentence(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("keys");
    Files.writeString(file, "nonsense\n");

    assertThatThrownBy(() -> SecretKeyFile.readOrCreate(file))
        .isInstanceOfSatisfying(StartException.class, e -> assertThat(e.exitCode()).isEqualTo(78))
        .hasMessageContaining("restore it from a backup");
  }
}
