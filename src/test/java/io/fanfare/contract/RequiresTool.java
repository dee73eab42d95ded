package io.fanfare.contract;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * This test runs a program that a developer's machine need not have. It is skipped where one is
 * missing, and fails there when {@code FANFARE_TEST_REQUIRE_TOOLS} is set: what checks a change for
 * everybody must not pass because of what it lacks.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresToolCondition.class)
public @interface RequiresTool {
  /** Names of commands that must be in {@code PATH}, such as {@code node}. */
  String[] value();

  /** Names of packages that must be in {@code target/npm/node_modules}. */
  String[] npm() default {};

  /** Whether a network namespace of its own must be possible, which asks for root and IPv6. */
  boolean namespace() default false;
}
