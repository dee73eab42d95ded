package io.fanfare.api;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who calls: an API key, without its token.
 *
 * @param projectId the only project that the key sees and changes; null for all
 * @param userId {@code created_by} of what it creates
 */
public record Caller(Role role, @Nullable String projectId, String userId) {
  /** Whether the key's role lets it do that. */
  public boolean may(Permission permission) {
    return role.may(permission);
  }

  /**
   * Whether the key sees what belongs to a project. What belongs to none is seen only by keys of no
   * project.
   */
  public boolean sees(@Nullable String project) {
    return projectId == null || projectId.equals(project);
  }

  /**
   * The project of what this key creates or publishes: the one named, else the key's own.
   *
   * @throws ApiException 403 when another project than the key's is named
   */
  public @Nullable String projectFor(@Nullable String named) {
    if (projectId != null && named != null && !projectId.equals(named)) {
      throw ApiException.forbidden(
          "this API key is bound to another project; leave 'project_id' out or use a key of that"
              + " project");
    }
    return named == null ? projectId : named;
  }

  /**
   * The project by which a list is filtered.
   *
   * @param asked the {@code project_id} of the query; null where none was given
   */
  public ProjectFilter listing(@Nullable String asked) {
    if (projectId == null) {
      return new ProjectFilter(asked, false);
    }
    return new ProjectFilter(projectId, asked != null && !Objects.equals(asked, projectId));
  }

  /**
   * How a list is narrowed to what the key may see.
   *
   * @param projectId equality; null for no filter
   * @param nothing the list is empty whatever is stored: another project was asked for
   */
  public record ProjectFilter(@Nullable String projectId, boolean nothing) {}
}
