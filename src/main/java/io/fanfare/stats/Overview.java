package io.fanfare.stats;

import java.util.List;

/**
 * What was accepted and delivered in a range of time.
 *
 * @param bucketMinutes length of a bucket
 * @param buckets all of the range in order, empty ones too
 * @param total of all buckets
 */
public record Overview(int bucketMinutes, List<Bucket> buckets, Bucket total) {
  /**
   * A bucket.
   *
   * @param startMinute minutes since 1970
   * @param events accepted
   * @param delivered ended with success in it
   * @param failed failed for good in it
   * @param times response times of what ended in it; empty where they are not known
   */
  public record Bucket(
      long startMinute, long events, long delivered, long failed, ResponseTimes times) {
    /** Percent of the ended ones that succeeded, with two decimals; 100 where none ended. */
    public double successRate() {
      return Rates.success(delivered, failed);
    }
  }

  /**
   * A webhook that failed.
   *
   * @param webhook its number
   * @param failed deliveries that failed for good
   */
  public record Failing(int webhook, long failed) {}
}
