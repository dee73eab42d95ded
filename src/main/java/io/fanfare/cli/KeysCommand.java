package io.fanfare.cli;

import io.fanfare.api.KeyStore;
import io.fanfare.api.Role;
import io.fanfare.id.IdGenerator;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code fanfare keys}. */
@Command(
    name = "keys",
    description = "Manages API keys in the configured database.",
    subcommands = KeysCommand.Create.class,
    synopsisSubcommandLabel = "COMMAND")
final class KeysCommand {

  /** Reads a role as the API writes it. */
  static final class RoleName implements ITypeConverter<Role> {
    @Override
    public Role convert(String text) {
      return Role.ofWireName(text.toLowerCase(Locale.ROOT))
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "must be admin, manager, publisher or viewer, not '" + text + "'"));
    }
  }

  /** {@code fanfare keys create}. */
  @Command(
      name = "create",
      description = "Makes an API key and prints its token, which is not to be had again.")
  static final class Create implements Callable<Integer> {
    @Option(
        names = "--role",
        paramLabel = "ROLE",
        required = true,
        converter = RoleName.class,
        description = "admin, manager, publisher or viewer.")
    private Role role = Role.VIEWER;

    @Option(names = "--name", paramLabel = "NAME", description = "What it is for.")
    private String name = "command line";

    @Option(
        names = "--project",
        paramLabel = "PROJECT_ID",
        description = "The only project that it sees and changes.")
    private @Nullable String project;

    @Option(
        names = "--user",
        paramLabel = "USER_ID",
        description = "created_by of the webhooks it creates.")
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
