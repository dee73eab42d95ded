package io.fanfare.history;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A delivery of an event, beside its webhook.
 *
 * @param webhookProjectId project of the webhook; null for none
 * @param probeAt when the webhook's circuit lets the next probe through; null while closed
 */
public record EventDelivery(
    DeliveryEntry delivery,
    UUID webhookId,
    @Nullable String webhookProjectId,
    @Nullable Instant probeAt) {}
