package io.fanfare.webhook;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;

/**
 * All live webhooks of the database in memory, and which of them an event is for. Thread-safe.
 *
 * <p>Active webhooks stand in buckets, one for each (entry of {@code events}, project). An event
 * looks into a handful of buckets — its type, its prefixes, {@code *}; each of its project and of
 * no project — so the cost depends on the matches alone.
 *
 * <p>Readers go without a lock and read again when a writer came between: otherwise an update from
 * {@code build.*} to {@code build.completed} could hide a webhook from an event that both match.
 */
public final class WebhookIndex {
  private static final String ALL_TYPES = "*";
  private static final String PREFIX_END = ".*";

  private record Key(String entry, @Nullable String projectId) {}

  private final StampedLock lock = new StampedLock();
  private final Map<UUID, Webhook> byId = new ConcurrentHashMap<>();
  private final Map<Key, ConcurrentNavigableMap<Integer, Webhook>> buckets =
      new ConcurrentHashMap<>();
  // An array, because the hot path asks several times for each delivery, and numbers are dense.
  private volatile AtomicReferenceArray<@Nullable Webhook> byNumber =
      new AtomicReferenceArray<>(256);
  // One bit for each number ever removed: numbers are dense, so this stays small for good.
  private final BitSet removed = new BitSet();

  /**
   * Puts a webhook in the place of the one with its number. The newer version wins whatever the
   * order of the calls; a webhook that was removed does not come back.
   *
   * @return whether it was taken
   */
  public boolean put(Webhook webhook) {
    long stamp = lock.writeLock();
    try {
      var numbers = withRoomFor(webhook.number());
      Webhook before = numbers.get(webhook.number());
      if (removed.get(webhook.number())
          || (before != null && before.version() >= webhook.version())) {
        return false;
      }
      numbers.set(webhook.number(), webhook);
      byId.put(webhook.id(), webhook);
      if (before != null) {
        leaveBuckets(before);
      }
      enterBuckets(webhook);
      return true;
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  /** Puts many at once: for the load at start. */
  public void putAll(Collection<Webhook> webhooks) {
    webhooks.forEach(this::put);
  }

  /** Removes a webhook for good: later calls of {@link #put} with its number are ignored. */
  public void remove(int number) {
    long stamp = lock.writeLock();
    try {
      removed.set(number);
      Webhook before = withRoomFor(number).getAndSet(number, null);
      if (before != null) {
        byId.remove(before.id());
        leaveBuckets(before);
      }
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  /** The webhook of that number; null where it is unknown or was removed. */
  public @Nullable Webhook byNumber(int number) {
    AtomicReferenceArray<@Nullable Webhook> current = byNumber;
    return number < current.length() ? current.get(number) : null;
  }

  /** The webhook of that id; empty where it is unknown or was removed. */
  public Optional<Webhook> byId(UUID id) {
    return Optional.ofNullable(byId.get(id));
  }

  /**
   * The active webhooks that an event is for, each once: one of their {@code events} matches the
   * type, and they have no project or the event's.
   */
  public List<Webhook> match(String eventType, @Nullable String projectId) {
    long stamp = lock.tryOptimisticRead();
    if (stamp != 0) {
      List<Webhook> matches = collect(eventType, projectId);
      if (lock.validate(stamp)) {
        return matches;
      }
    }
    stamp = lock.readLock();
    try {
      return collect(eventType, projectId);
    } finally {
      lock.unlockRead(stamp);
    }
  }

  /** All webhooks, in no order. A view that follows later changes. */
  public Collection<Webhook> all() {
    return java.util.Collections.unmodifiableCollection(byId.values());
  }

  /** How many webhooks there are. */
  public int size() {
    return byId.size();
  }

  private List<Webhook> collect(String eventType, @Nullable String projectId) {
    List<Webhook> matches = new ArrayList<>();
    collectEntry(ALL_TYPES, projectId, matches);
    for (int dot = eventType.indexOf('.'); dot >= 0; dot = eventType.indexOf('.', dot + 1)) {
      collectEntry(eventType.substring(0, dot) + PREFIX_END, projectId, matches);
    }
    collectEntry(eventType, projectId, matches);
    return matches;
  }

  private void collectEntry(String entry, @Nullable String projectId, List<Webhook> matches) {
    collectBucket(new Key(entry, null), matches);
    if (projectId != null) {
      collectBucket(new Key(entry, projectId), matches);
    }
  }

  private void collectBucket(Key key, List<Webhook> matches) {
    var bucket = buckets.get(key);
    if (bucket != null) {
      matches.addAll(bucket.values());
    }
  }

  /** The array, grown if the number needs it. Under the write lock only. */
  private AtomicReferenceArray<@Nullable Webhook> withRoomFor(int number) {
    AtomicReferenceArray<@Nullable Webhook> current = byNumber;
    if (number < current.length()) {
      return current;
    }
    var larger = new AtomicReferenceArray<@Nullable Webhook>(Math.max(number + 1, 2 * number));
    for (int i = 0; i < current.length(); i++) {
      larger.set(i, current.get(i));
    }
    byNumber = larger;
    return larger;
  }

  private void enterBuckets(Webhook webhook) {
    if (!webhook.active()) {
      return;
    }
    for (String entry : disjoint(webhook.events())) {
      buckets
          .computeIfAbsent(
              new Key(entry, webhook.projectId()), key -> new ConcurrentSkipListMap<>())
          .put(webhook.number(), webhook);
    }
  }

  private void leaveBuckets(Webhook webhook) {
    for (String entry : webhook.events()) {
      buckets.computeIfPresent(
          new Key(entry, webhook.projectId()),
          (key, bucket) -> {
            bucket.remove(webhook.number());
            return bucket.isEmpty() ? null : bucket;
          });
    }
  }

  /** The entries that no other one covers, so that no event meets a webhook in two buckets. */
  private static List<String> disjoint(List<String> entries) {
    if (entries.size() == 1) {
      return entries;
    }
    return entries.stream()
        .distinct()
        .filter(entry -> entries.stream().noneMatch(other -> covers(other, entry)))
        .toList();
  }

  private static boolean covers(String wide, String narrow) {
    if (wide.equals(narrow)) {
      return false;
    }
    return wide.equals(ALL_TYPES)
        || (wide.endsWith(PREFIX_END) && narrow.startsWith(wide.substring(0, wide.length() - 1)));
  }
}
