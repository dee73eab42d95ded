/** What a receiver gets, and what becomes of what it answers, down to the bytes. */
package io.fanfare.receivers;
