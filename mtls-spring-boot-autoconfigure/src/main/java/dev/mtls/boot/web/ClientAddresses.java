package dev.mtls.boot.web;

import java.net.InetAddress;

import org.springframework.core.MethodParameter;

/**
 * Turns the peer of a request into the value of a {@link ClientAddress} parameter.
 */
public final class ClientAddresses {

	private ClientAddresses() {
	}

	/**
	 * Whether a parameter is annotated with {@link ClientAddress}.
	 * @param parameter the parameter of a controller method
	 * @return whether it is
	 * @throws IllegalStateException if it is, but its type cannot be bound
	 */
	public static boolean supports(MethodParameter parameter) {
		if (!parameter.hasParameterAnnotation(ClientAddress.class)) {
			return false;
		}
		if (parameter.getParameterType() != InetAddress.class) {
			throw new IllegalStateException(
					"@ClientAddress cannot be bound to %s: use InetAddress".formatted(parameter));
		}
		return true;
	}

	/**
	 * Return the value for a parameter.
	 * @param peer the peer
	 * @return its address
	 * @throws IllegalStateException if the server does not tell it
	 */
	public static InetAddress resolve(RequestPeer peer) {
		InetAddress address = peer.address();
		if (address == null) {
			throw new IllegalStateException("The server does not tell the address of the peer");
		}
		return address;
	}

}
