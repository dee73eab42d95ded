package io.fanfare.cli;

import io.fanfare.config.FanfareConfig;
import io.fanfare.webhook.SecretKeyFile;
import io.fanfare.webhook.SecretSeal;
import io.fanfare.webhook.WebhookStore;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fanfare secrets}. */
@Command(
    name = "secrets",
    description = "Manages the secrets that are encrypted in the configured database.",
    subcommands = SecretsCommand.Rekey.class,
    synopsisSubcommandLabel = "COMMAND")
final class SecretsCommand {

  /** {@code fanfare secrets rekey}. */
  @Command(
      name = "rekey",
      description =
          "Encrypts every secret and custom header again, with the first of secrets.keys. Afterwards the others"
              + " can be taken out.")
  static final class Rekey implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "Configuration in HOCON.")
    private @Nullable Path config;

    @Override
    public Integer call() throws InterruptedException {
      WebhookStore.RekeyReport report =
          DatabaseSession.run(
              config,
              (database, settings) -> new WebhookStore(database.control(), seal(settings)).rekey());
      Console.line(report.rekeyed() + " webhooks were encrypted again.");
      report
          .columnsByKeyId()
          .forEach((key, columns) -> Console.line("key " + key + ": " + columns + " values"));
      return 0;
    }

    private static SecretSeal seal(FanfareConfig settings) {
      List<String> keys = settings.secrets().keys();
      return new SecretSeal(
          keys.isEmpty()
              ? SecretKeyFile.readOrCreate(SecretKeyFile.of(settings.database().embeddedDir()))
              : keys);
    }
  }
}
