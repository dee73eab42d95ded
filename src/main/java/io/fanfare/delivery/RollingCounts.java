package io.fanfare.delivery;

import java.util.Arrays;

/** Counts attempts and failures of the last while, in twelve slices of it. */
final class RollingCounts {
  private static final int SLICES = 12;

  private final long sliceMillis;
  private final long[] slice = new long[SLICES];
  private final int[] all = new int[SLICES];
  private final int[] failed = new int[SLICES];

  RollingCounts(long windowMillis) {
    this.sliceMillis = Math.max(1, windowMillis / SLICES);
    clear();
  }

  void add(long now, boolean failure) {
    long current = now / sliceMillis;
    int i = (int) Math.floorMod(current, (long) SLICES);
    if (slice[i] != current) {
      slice[i] = current;
      all[i] = 0;
      failed[i] = 0;
    }
    all[i]++;
    if (failure) {
      failed[i]++;
    }
  }

  int all(long now) {
    return sum(all, now);
  }

  int failed(long now) {
    return sum(failed, now);
  }

  void clear() {
    Arrays.fill(slice, Long.MIN_VALUE);
    Arrays.fill(all, 0);
    Arrays.fill(failed, 0);
  }

  private int sum(int[] counts, long now) {
    long current = now / sliceMillis;
    int sum = 0;
    for (int i = 0; i < SLICES; i++) {
      if (slice[i] > current - SLICES && slice[i] <= current) {
        sum += counts[i];
      }
    }
    return sum;
  }
}
