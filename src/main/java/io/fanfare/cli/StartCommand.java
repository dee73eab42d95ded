package io.fanfare.cli;

import io.fanfare.config.FanfareConfig;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fanfare start}. */
@Command(name = "start", description = "Starts the service and prints one line when it is ready.")
final class StartCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration in HOCON; conf/fanfare.conf lists every key.")
  private @Nullable Path config;

  @Override
  public Integer call() throws InterruptedException {
    FanfareConfig settings = Service.configure(config, System.getenv());
    Service service = Service.start(settings);
    service.stopOnSignal();
    Console.line(
        "Fanfare is ready: http://"
            + settings.http().host()
            + ":"
            + service.fanfare().port()
            + "/");
    service.awaitStop();
    return 0;
  }
}
