/** Configuration: one record a room, read once, impossible to have wrong. */
package io.fanfare.config;
