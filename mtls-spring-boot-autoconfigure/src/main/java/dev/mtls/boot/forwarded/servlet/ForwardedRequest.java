package dev.mtls.boot.forwarded.servlet;

import java.security.cert.X509Certificate;
import java.util.Optional;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import dev.mtls.address.AddressText;
import dev.mtls.boot.forwarded.ForwardedPeer;
import dev.mtls.boot.forwarded.ForwardingHeaders;
import dev.mtls.boot.web.RequestPeer;

/**
 * A request as if the client behind the proxy had connected itself.
 */
final class ForwardedRequest extends StrippedRequest {

	private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

	private final ForwardedPeer peer;

	ForwardedRequest(HttpServletRequest request, ForwardingHeaders headers, ForwardedPeer peer) {
		super(request, headers);
		this.peer = peer;
	}

	@Override
	public @Nullable Object getAttribute(String name) {
		if (RequestPeer.FORWARDED_ADDRESS.equals(name)) {
			return Optional.ofNullable(this.peer.address());
		}
		return CERTIFICATES.equals(name) ? certificates() : super.getAttribute(name);
	}

	@Override
	public String getRemoteAddr() {
		return (this.peer.address() != null) ? AddressText.of(this.peer.address()) : super.getRemoteAddr();
	}

	@Override
	public String getRemoteHost() {
		return (this.peer.address() != null) ? getRemoteAddr() : super.getRemoteHost();
	}

	// Never those of the proxy
	private X509Certificate @Nullable [] certificates() {
		return this.peer.chain().isEmpty() ? null : this.peer.chain().toArray(X509Certificate[]::new);
	}

}
