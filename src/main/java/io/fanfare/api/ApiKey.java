package io.fanfare.api;

import io.fanfare.id.IdKind;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An API key as it is stored, without its token.
 *
 * @param projectId the only project that it sees and changes; null for all
 * @param userId {@code created_by} of what it creates
 */
public record ApiKey(
    UUID id, String name, Role role, @Nullable String projectId, String userId, Instant createdAt) {

  /** The id as the API shows it, {@code key_…}. */
  public String publicId() {
    return IdKind.KEY.format(id);
  }

  /** Who calls with it. */
  public Caller caller() {
    return new Caller(role, projectId, userId);
  }
}
