package dev.mtls.boot.event;

/**
 * An {@link MtlsEventListener} that is told on the thread on which it happens, before a
 * connection goes on: what it takes, each handshake takes longer. It must not block.
 */
public interface ImmediateEventListener extends MtlsEventListener {

}
