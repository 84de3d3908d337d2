/**
 * What commands read from files and people, and how they write and end.
 */
@NullMarked
package dev.mtls.cli.console;

import org.jspecify.annotations.NullMarked;
