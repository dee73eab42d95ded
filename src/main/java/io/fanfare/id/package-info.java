/** Identifiers: how they are made, and how they look outside. */
package io.fanfare.id;
