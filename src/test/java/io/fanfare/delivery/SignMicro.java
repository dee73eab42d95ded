package io.fanfare.delivery;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Signatures of a delivery, by the bytes of its body. */
@State(Scope.Thread)
public class SignMicro {
  private final Signer signer = new Signer("bench-secret");

  /** Of the body. */
  @Param({"760", "10160"})
  public int bytes;

  private byte[] body = {};

  /** Makes the body. */
  @Setup
  public void make() {
    body = new byte[bytes];
  }

  /** That of the API document. */
  @Benchmark
  public String document() {
    return signer.document(body);
  }

  /** That of Standard Webhooks. */
  @Benchmark
  public String standard() {
    return signer.standard("del_01m89gkfzce06ap3n9jtrthekl", "1764000000", body);
  }
}
