package io.fanfare.config;

/**
 * Why the service cannot start. The message is one sentence for the person who started it and says
 * what to do; the exit code is that of {@code sysexits.h}.
 */
public class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  /** Use one of the named constructors below where one fits. */
  protected StartException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** The database is not there (EX_UNAVAILABLE). */
  public static StartException unavailable(String message) {
    return new StartException(69, message);
  }

  /** A file or folder cannot be made (EX_CANTCREAT). */
  public static StartException cannotCreate(String message) {
    return new StartException(73, message);
  }

  /** This user may not do what is needed (EX_NOPERM). */
  public static StartException notPermitted(String message) {
    return new StartException(77, message);
  }

  /** Configuration and reality do not fit (EX_CONFIG). */
  public static StartException misconfigured(String message) {
    return new StartException(78, message);
  }

  /** What the process exits with. */
  public int exitCode() {
    return exitCode;
  }
}
