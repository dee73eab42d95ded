/** HTTP in: routes, authentication, validation, the error body, health, metrics and the pages. */
package io.fanfare.api;
