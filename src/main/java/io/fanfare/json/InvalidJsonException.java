package io.fanfare.json;

/** The text is not JSON as Fanfare accepts it. The message is a sentence for the client. */
public final class InvalidJsonException extends Exception {
  private static final long serialVersionUID = 1L;

  public InvalidJsonException(String message) {
    super(message);
  }
}
