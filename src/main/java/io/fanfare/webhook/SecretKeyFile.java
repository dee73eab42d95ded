package io.fanfare.webhook;

import io.fanfare.config.StartException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * The keys that seal secrets where none are configured: a file beside the embedded data, readable
 * by its owner only, one key in base64 a line; the first seals, all open.
 */
public final class SecretKeyFile {
  private static final int KEY_BYTES = 32;

  private SecretKeyFile() {}

  /**
   * Where the file of a data folder is: beside it, so that who copies the data alone has no key.
   */
  public static Path of(Path embeddedDir) {
    Path folder = embeddedDir.toAbsolutePath().normalize();
    return folder.resolveSibling(folder.getFileName() + ".secret-keys");
  }

  /**
   * Reads the file; makes it, with one random key, where it is not there.
   *
   * @throws StartException where it can be neither read nor made
   */
  public static List<String> readOrCreate(Path file) {
    try {
      if (!Files.exists(file)) {
        create(file);
      }
      List<String> keys =
          Files.readAllLines(file, StandardCharsets.US_ASCII).stream()
              .map(String::strip)
              .filter(line -> !line.isEmpty())
              .toList();
      requireKeys(file, keys);
      return keys;
    } catch (IOException e) {
      throw StartException.cannotCreate(
          "the key file "
              + file
              + " cannot be read or made ("
              + e
              + "); check its owner and rights");
    }
  }

  private static void requireKeys(Path file, List<String> keys) {
    try {
      new SecretSeal(keys);
    } catch (IllegalArgumentException e) {
      throw StartException.misconfigured(
          "the key file "
              + file
              + " is damaged ("
              + e.getMessage()
              + "); restore it from a backup");
    }
  }

  private static void create(Path file) throws IOException {
    Path folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    byte[] line =
        (Base64.getEncoder().encodeToString(key) + "\n").getBytes(StandardCharsets.US_ASCII);
    // Written whole under another name first: a crash must not leave half a key behind.
    Path whole = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(whole);
    try (FileChannel channel =
        FileChannel.open(
            whole, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly())) {
      channel.write(ByteBuffer.wrap(line));
      channel.force(true);
    }
    try {
      // Unlike a move, a link never replaces the file that another process has just made.
      Files.createLink(file, whole);
    } catch (FileAlreadyExistsException madeByAnother) {
      return;
    } catch (UnsupportedOperationException noLinks) {
      Files.move(whole, file);
    } finally {
      Files.deleteIfExists(whole);
    }
  }

  private static FileAttribute<?>[] ownerOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
