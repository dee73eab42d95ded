package io.fanfare.client;

/** A server-sent event: its name, and its data as they came. */
public record StreamedEvent(String name, String data) {}
