package io.fanfare.bench;

/**
 * How the processes of a benchmark speak to the one that started them: one line on standard output.
 */
final class ProcessOutput {
  static final String READY = "READY ";

  private ProcessOutput() {}

  static void ready(int port) {
    System.out.println(READY + port);
  }

  static void failed(Throwable failure) {
    System.err.println(failure);
    System.exit(1);
  }
}
