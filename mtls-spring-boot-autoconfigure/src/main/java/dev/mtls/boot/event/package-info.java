/**
 * What happens at the gates, told to the log.
 */
@NullMarked
package dev.mtls.boot.event;

import org.jspecify.annotations.NullMarked;
