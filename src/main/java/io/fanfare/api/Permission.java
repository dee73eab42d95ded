package io.fanfare.api;

/** What a route asks of the caller's role. */
public enum Permission {
  /** See webhooks, deliveries, events and statistics. */
  READ,
  /** See secrets and values of custom headers. */
  SECRETS,
  /** Create, change, delete and test webhooks; redeliver. */
  MANAGE,
  /** Publish events. */
  PUBLISH,
  /** Create, list and revoke API keys. */
  KEYS,
  /** Read what is the same for everybody, such as the list of event types. */
  CATALOGUE
}
