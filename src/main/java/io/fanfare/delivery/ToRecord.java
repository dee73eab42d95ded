package io.fanfare.delivery;

/** What the outcome room writes down: the end of an attempt, or a change of a circuit. */
public sealed interface ToRecord permits Report, CircuitChanged {}
