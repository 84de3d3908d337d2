package dev.mtls.boot.web;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;

import dev.mtls.identity.PeerIdentity;
import dev.mtls.identity.SpiffeId;

/**
 * Turns the chain of a client into the type of a {@link ClientCert} parameter.
 */
public final class ClientCertificates {

	private static final List<Class<?>> TYPES = List.of(PeerIdentity.class, X509Certificate.class,
			X509Certificate[].class, SpiffeId.class, String.class);

	private static final PeerIdentities IDENTITIES = new PeerIdentities();

	private ClientCertificates() {
	}

	/**
	 * Whether a parameter is annotated with {@link ClientCert}.
	 * @param parameter the parameter of a controller method
	 * @return whether it is
	 * @throws IllegalStateException if it is, but its type cannot be bound
	 */
	public static boolean supports(MethodParameter parameter) {
		if (!parameter.hasParameterAnnotation(ClientCert.class)) {
			return false;
		}
		if (!TYPES.contains(typeOf(parameter))) {
			throw new IllegalStateException(
					"@ClientCert cannot be bound to %s: use PeerIdentity, X509Certificate, X509Certificate[], SpiffeId or String, or an Optional of one of them"
						.formatted(parameter));
		}
		return true;
	}

	/**
	 * Return the value for a parameter.
	 * @param parameter a parameter that is {@linkplain #supports supported}
	 * @param peer the client
	 * @return the value, or {@code null} if there is none and none is required
	 * @throws ClientCertException if there is none but one is required
	 */
	public static @Nullable Object resolve(MethodParameter parameter, RequestPeer peer) {
		return resolve(parameter, peer.chain().toArray(X509Certificate[]::new));
	}

	/**
	 * Return the value for a parameter.
	 * @param parameter a parameter that is {@linkplain #supports supported}
	 * @param chain the chain of the client, its own certificate first; empty if it
	 * presented none
	 * @return the value, or {@code null} if there is none and none is required
	 * @throws ClientCertException if there is none but one is required
	 */
	public static @Nullable Object resolve(MethodParameter parameter, X509Certificate[] chain) {
		Class<?> type = typeOf(parameter);
		Object value = (chain.length > 0) ? valueOf(type, chain) : null;
		if (parameter.getParameterType() == Optional.class) {
			return Optional.ofNullable(value);
		}
		if (value == null && isRequired(parameter)) {
			throw (chain.length > 0) ? ClientCertException.without(type.getSimpleName())
					: ClientCertException.missing();
		}
		return value;
	}

	/**
	 * Whether a parameter cannot do without a certificate.
	 * @param parameter the parameter of a controller method
	 * @return whether it is annotated with {@link ClientCert} and required
	 */
	public static boolean isRequired(MethodParameter parameter) {
		ClientCert annotation = parameter.getParameterAnnotation(ClientCert.class);
		return annotation != null && annotation.required() && !parameter.isOptional();
	}

	private static @Nullable Object valueOf(Class<?> type, X509Certificate[] chain) {
		if (type == X509Certificate[].class) {
			return chain.clone();
		}
		if (type == X509Certificate.class) {
			return chain[0];
		}
		PeerIdentity identity = IDENTITIES.of(chain[0]);
		if (type == SpiffeId.class) {
			return identity.spiffeId();
		}
		return (type == String.class) ? identity.displayName() : identity;
	}

	private static Class<?> typeOf(MethodParameter parameter) {
		return parameter.nestedIfOptional().getNestedParameterType();
	}

}
