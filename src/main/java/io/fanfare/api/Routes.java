package io.fanfare.api;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Adds routes to a router: each with the permission it asks for, and for each path an answer to the
 * methods that it does not know.
 *
 * <pre>
 * request ─ paused ─► who calls? ─401─► may the role? ─403─► handler ─► answer ─ resumed: rest dropped
 * </pre>
 */
public final class Routes {
  private final Router router;
  private final Authentication authentication;
  private final long bodyBytesMax;
  private final Duration readLimit;
  private final Map<String, Map<HttpMethod, Handler<RoutingContext>>> paths = new LinkedHashMap<>();

  Routes(Router router, Authentication authentication, long bodyBytesMax, Duration readLimit) {
    this.router = router;
    this.authentication = authentication;
    this.bodyBytesMax = bodyBytesMax;
    this.readLimit = readLimit;
  }

  /**
   * A route for {@code GET}, and for {@code HEAD}, which has the same answer without its body (RFC
   * 9110, section 9.3.2); {@code :name} in the path stands for one part of it.
   */
  public Routes get(String path, Permission permission, ApiHandler handler) {
    // A database that stands still ends no query, and a reader must not wait for it to go on.
    return add(
        HttpMethod.GET,
        path,
        permission,
        request -> handler.handle(request).timeout(readLimit.toMillis(), TimeUnit.MILLISECONDS));
  }

  /**
   * A route for {@code GET} whose answer goes on until one of both sides ends it, and for {@code
   * HEAD}.
   */
  Routes stream(String path, Permission permission, EventStream.Opener opener) {
    return add(
        HttpMethod.GET,
        path,
        context -> {
          context.request().pause();
          authentication
              .caller(context.request())
              .map(caller -> permitted(caller, permission))
              .onSuccess(caller -> open(context, caller, opener))
              .onFailure(failure -> send(context, ApiResponse.of(Failures.toError(failure))));
        });
  }

  private void open(RoutingContext context, Caller caller, EventStream.Opener opener) {
    try {
      opener.open(
          new ApiRequest(context, caller, bodyBytesMax),
          () -> authentication.isStillValid(context.request()));
      context.request().resume();
    } catch (RuntimeException e) {
      send(context, ApiResponse.of(Failures.toError(e)));
    }
  }

  private static Caller permitted(Caller caller, Permission permission) {
    if (!caller.may(permission)) {
      throw ApiException.forbidden(
          "the role "
              + caller.role().wireName()
              + " may not do this; use an API key with another role");
    }
    return caller;
  }

  /** A route for {@code POST}. */
  public Routes post(String path, Permission permission, ApiHandler handler) {
    return add(HttpMethod.POST, path, permission, handler);
  }

  /** A route for {@code PUT}. */
  public Routes put(String path, Permission permission, ApiHandler handler) {
    return add(HttpMethod.PUT, path, permission, handler);
  }

  /** A route for {@code DELETE}. */
  public Routes delete(String path, Permission permission, ApiHandler handler) {
    return add(HttpMethod.DELETE, path, permission, handler);
  }

  /** A route for {@code GET} that asks for no API key. */
  Routes getOpen(String path, Function<RoutingContext, Future<ApiResponse>> handler) {
    return add(HttpMethod.GET, path, context -> answer(context, () -> handler.apply(context)));
  }

  private Routes add(HttpMethod method, String path, Permission permission, ApiHandler handler) {
    return add(
        method,
        path,
        context ->
            answered(
                context,
                permission,
                (caller, self) -> handler.handle(new ApiRequest(self, caller, bodyBytesMax))));
  }

  private Routes add(HttpMethod method, String path, Handler<RoutingContext> handler) {
    paths.computeIfAbsent(path, p -> new LinkedHashMap<>()).put(method, handler);
    return this;
  }

  /** All routes were added: what is left under {@code prefix} is 405 or 404, after the key. */
  void end(String prefix) {
    addAll(methods -> context -> answered(context, null, (caller, self) -> notAllowed(methods)));
    for (String path : new String[] {prefix, prefix + "/*"}) {
      router
          .route(path)
          .handler(
              context ->
                  answered(
                      context,
                      null,
                      (caller, self) -> Future.failedFuture(Failures.ofStatus(404))));
    }
  }

  /** All routes without a key were added: their other methods are 405. */
  void endOpen() {
    addAll(methods -> context -> answer(context, () -> notAllowed(methods)));
  }

  /**
   * Adds the routes path by path, with the answer to their other methods: those with fewer
   * parameters first, so that {@code GET /api/events/batch} does not ask for an event of that id.
   */
  private void addAll(Function<Set<String>, Handler<RoutingContext>> otherMethods) {
    paths.keySet().stream()
        .sorted(Comparator.comparing(path -> path.chars().filter(c -> c == ':').count()))
        .forEach(
            path -> {
              Set<String> methods = new TreeSet<>();
              paths
                  .get(path)
                  .forEach(
                      (method, handler) -> {
                        methods.add(method.name());
                        router.route(method, path).handler(handler);
                        if (method.equals(HttpMethod.GET)) {
                          methods.add(HttpMethod.HEAD.name());
                          router.route(HttpMethod.HEAD, path).handler(handler);
                        }
                      });
              router.route(path).handler(otherMethods.apply(methods));
            });
  }

  /** The error of a method that a path does not know. */
  static Future<ApiResponse> notAllowed(Set<String> methods) {
    return Future.succeededFuture(
        ApiResponse.of(Failures.ofStatus(405)).withHeader("Allow", String.join(", ", methods)));
  }

  private void answered(
      RoutingContext context,
      @Nullable Permission permission,
      BiFunction<Caller, RoutingContext, Future<ApiResponse>> handler) {
    context.request().pause();
    answer(
        context,
        () ->
            authentication
                .caller(context.request())
                .compose(
                    caller -> {
                      if (permission != null) {
                        permitted(caller, permission);
                      }
                      return handler.apply(caller, context);
                    }));
  }

  /** Sends the answer of a handler, whatever comes of it. */
  static void answer(
      RoutingContext context, java.util.function.Supplier<Future<ApiResponse>> handler) {
    Future<ApiResponse> response;
    try {
      response = handler.get();
    } catch (RuntimeException e) {
      response = Future.failedFuture(e);
    }
    response.onComplete(
        done ->
            send(
                context,
                done.succeeded() ? done.result() : ApiResponse.of(Failures.toError(done.cause()))));
  }

  /** Sends an answer, and drops what is left of the request. */
  static void send(RoutingContext context, ApiResponse response) {
    var http = context.response();
    if (http.ended() || http.closed()) {
      return;
    }
    http.setStatusCode(response.status());
    response.headers().forEach(http::putHeader);
    if (!http.headers().contains("Content-Type")) {
      http.putHeader("Content-Type", "application/json");
    }
    if (!http.headers().contains("Cache-Control")) {
      http.putHeader("Cache-Control", "no-store");
    }
    if (context.request().method().equals(HttpMethod.HEAD)) {
      // Vert.x would drop the body too, but not tell its length. A 304 has none to tell.
      if (response.body().length() > 0) {
        http.putHeader("Content-Length", Integer.toString(response.body().length()));
      }
      http.end();
    } else {
      http.end(response.body());
    }
    if (!context.request().isEnded()) {
      context.request().resume();
    }
  }
}
