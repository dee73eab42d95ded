/**
 * JSON as Fanfare accepts it: RFC 8259, strict UTF-8, bounded, and payloads kept as the bytes they
 * came in.
 */
package io.fanfare.json;
