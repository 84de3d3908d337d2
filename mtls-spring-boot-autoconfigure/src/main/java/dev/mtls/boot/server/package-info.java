/**
 * What holds for every web server.
 */
@NullMarked
package dev.mtls.boot.server;

import org.jspecify.annotations.NullMarked;
