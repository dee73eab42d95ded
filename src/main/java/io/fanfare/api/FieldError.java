package io.fanfare.api;

/**
 * One field at fault.
 *
 * @param field dotted path with indexes, such as {@code events[0]}; query parameters and headers go
 *     by their name
 * @param message what is wrong and what is allowed, going on after the field's name
 */
public record FieldError(String field, String message) {}
