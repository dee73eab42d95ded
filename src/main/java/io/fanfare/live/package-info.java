/** What happens at this moment, for whoever watches; nothing of it runs while nobody does. */
package io.fanfare.live;
