/** This process: its identity, its exclusive right to deliver, and its low-water mark. */
package io.fanfare.node;
