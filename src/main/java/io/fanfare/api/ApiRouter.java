package io.fanfare.api;

import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.time.Duration;

/** All routes in the order in which they are tried. */
final class ApiRouter {
  private static final int[] ERRORS = {400, 404, 405, 413, 414, 415, 431, 500, 503};
  private static final ApiResponse DRAINING =
      ApiResponse.of(
          ApiException.unavailable(
              "the service is shutting down; retry in a moment", Duration.ofSeconds(2)));

  private ApiRouter() {}

  static Router create(Vertx vertx, ApiServices services, ConnectionWatch connections) {
    Router router = Router.router(vertx);
    for (int status : ERRORS) {
      router.errorHandler(
          status,
          context ->
              Routes.send(
                  context,
                  ApiResponse.of(
                      context.failure() == null
                          ? Failures.ofStatus(status)
                          : Failures.toError(context.failure()))));
    }
    router.route().handler(connections::requested);
    router
        .route()
        .handler(
            context -> {
              context
                  .response()
                  .putHeader("X-Content-Type-Options", "nosniff")
                  .putHeader("Referrer-Policy", "no-referrer");
              context.next();
            });
    router.route("/api/*").handler(new CrossOrigin(services.http().corsOrigins()));
    router
        .route("/api/*")
        .handler(
            context -> {
              if (services.draining().getAsBoolean()) {
                Routes.send(context, DRAINING);
              } else {
                context.next();
              }
            });

    Authentication authentication =
        new Authentication(services.keys(), services.failures(), services.auth().adminToken());
    Routes api =
        new Routes(router, authentication, services.http().bodyBytesMax(), services.readLimit());
    services.resources().forEach(resource -> resource.addRoutes(api));

    Routes open =
        new Routes(router, authentication, services.http().bodyBytesMax(), services.readLimit());
    new OperationsHandler(
            services.readiness(),
            services.metrics(),
            services.http().metricsToken(),
            services.failures())
        .addRoutes(open);
    open.endOpen();

    PagesHandler pages = new PagesHandler();
    pages.addDescription(router);
    api.end("/api");
    pages.addPages(router);
    return router;
  }
}
