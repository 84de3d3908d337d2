package dev.mtls.boot.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Limits of a server.
 *
 * @param handshakeTimeout Time that a handshake may take in all.
 */
record LimitsProperties(@DefaultValue("10s") Duration handshakeTimeout) {
}
