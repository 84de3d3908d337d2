/**
 * Runs tunnels: flags become the properties of a Spring Boot application.
 */
@NullMarked
package dev.mtls.cli.tunnel;

import org.jspecify.annotations.NullMarked;
