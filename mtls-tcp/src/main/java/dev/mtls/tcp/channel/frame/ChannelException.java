package dev.mtls.tcp.channel.frame;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * The peer of a channel does not keep to its protocol, or somebody in between has changed
 * what it sent. The connection cannot be used any more.
 */
public class ChannelException extends IOException {

	/**
	 * Create an exception.
	 * @param message what is wrong, and what to do about it where something can be done
	 */
	public ChannelException(String message) {
		super(message);
	}

	/**
	 * Create an exception.
	 * @param message what is wrong
	 * @param cause what it was noticed by
	 */
	public ChannelException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
