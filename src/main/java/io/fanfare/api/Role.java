package io.fanfare.api;

import java.util.Locale;
import java.util.Optional;

/** What an API key may do (contract, section 3). */
public enum Role {
  /** Everything, keys included. */
  ADMIN,
  /** Webhooks, tests, deliveries, events, publishing. */
  MANAGER,
  /** Publishing only. */
  PUBLISHER,
  /** Reading, never a secret. */
  VIEWER;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** Whether a key of this role may do it. */
  public boolean may(Permission permission) {
    return switch (this) {
      case ADMIN -> true;
      case MANAGER -> permission != Permission.KEYS;
      case PUBLISHER -> permission == Permission.PUBLISH || permission == Permission.CATALOGUE;
      case VIEWER -> permission == Permission.READ || permission == Permission.CATALOGUE;
    };
  }

  /** The name in the API and in the database. */
  public String wireName() {
    return wireName;
  }

  /** The role of that exact name; empty where there is none. */
  public static Optional<Role> ofWireName(String name) {
    for (Role role : values()) {
      if (role.wireName.equals(name)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }
}
