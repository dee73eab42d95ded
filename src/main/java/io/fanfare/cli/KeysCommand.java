package io.fanfare.cli;

import io.fanfare.api.KeyStore;
import io.fanfare.api.Role;
import io.fanfare.id.IdGenerator;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fanfare keys}. */
@Command(
    name = "keys",
    description = "Manages API keys in the configured database.",
    subcommands = KeysCommand.Create.class,
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class KeysCommand {

  /** {@code fanfare keys create}. */
  @Command(
      name = "create",
      description = "Makes an API key and prints its token, which is not to be had again.",
      mixinStandardHelpOptions = true)
  static final class Create implements Callable<Integer> {
    @Option(names = "--role", required = true, description = "admin, manager, publisher or viewer.")
    private Role role = Role.VIEWER;

    @Option(names = "--name", description = "What it is for.")
    private String name = "command line";

    @Option(names = "--project", description = "The only project that it sees and changes.")
    private @Nullable String project;

    @Option(names = "--user", description = "created_by of the webhooks it creates.")
    private @Nullable String user;

    @Option(names = "--config", paramLabel = "FILE", description = "Configuration in HOCON.")
    private @Nullable Path config;

    @Override
    public Integer call() throws InterruptedException {
      SecureRandom random = new SecureRandom();
      Clock clock = Clock.systemUTC();
      KeyStore.Created created =
          DatabaseSession.run(
              config,
              (database, settings) ->
                  new KeyStore(
                          database.control(),
                          new IdGenerator(clock, random, IdGenerator.ZERO),
                          random,
                          clock)
                      .create(name, role, project, user));
      Console.line(created.token());
      Console.error(
          "Key "
              + created.key().publicId()
              + " ("
              + role.wireName()
              + ") was made; its token is shown this once.");
      return 0;
    }
  }
}
