package dev.mtls.boot.security;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.web.server.SecurityWebFiltersOrder;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.ReactiveUserDetailsService;

/**
 * Adds authentication of peers by the gate to a reactive chain of Spring Security, in the
 * place of {@link ServerHttpSecurity#x509} and as {@link MtlsConfigurer} does to a
 * servlet chain: <pre>
 * mtls(authenticator).customize(http);
 * </pre>
 *
 * It adds a {@link MtlsAuthenticationWebFilter} at
 * {@link SecurityWebFiltersOrder#AUTHENTICATION} and lets
 * {@link MtlsServerAuthenticationEntryPoint} and {@link MtlsServerAccessDeniedHandler}
 * answer; {@link ServerHttpSecurity#exceptionHandling} after it sets others.
 */
public final class MtlsServerConfigurer implements Customizer<ServerHttpSecurity> {

	private final ReactivePeerAuthenticator authenticator;

	private final List<AuthoritiesMapper> mappers = new ArrayList<>();

	private @Nullable ReactiveUserDetailsService users;

	private MtlsServerConfigurer(ReactivePeerAuthenticator authenticator) {
		this.authenticator = authenticator;
	}

	/**
	 * Creates a customizer of a chain.
	 * @param authenticator authenticates the peers, such as the bean of this type
	 * @return the customizer
	 */
	public static MtlsServerConfigurer mtls(ReactivePeerAuthenticator authenticator) {
		return new MtlsServerConfigurer(authenticator);
	}

	/**
	 * Adds a mapper for the peers of this chain. It is asked after those that the
	 * authenticator has.
	 * @param mapper gives further authorities, and must not block
	 * @return the {@link MtlsServerConfigurer} for further customization
	 */
	public MtlsServerConfigurer authoritiesMapper(AuthoritiesMapper mapper) {
		this.mappers.add(mapper);
		return this;
	}

	/**
	 * Specifies the users that the peers of this chain have to be, by their
	 * {@linkplain dev.mtls.identity.PeerIdentity#displayName() display name}. If not
	 * specified, those of the authenticator.
	 * @param users the users
	 * @return the {@link MtlsServerConfigurer} for further customization
	 */
	public MtlsServerConfigurer userDetailsService(ReactiveUserDetailsService users) {
		this.users = users;
		return this;
	}

	/**
	 * Adds authentication of peers to a chain.
	 * @param http the chain
	 */
	@Override
	public void customize(ServerHttpSecurity http) {
		MtlsAuthenticationWebFilter filter = new MtlsAuthenticationWebFilter(
				this.authenticator.with(this.mappers, this.users));
		http.addFilterAt(filter, SecurityWebFiltersOrder.AUTHENTICATION)
			.exceptionHandling(
					(exceptions) -> exceptions.authenticationEntryPoint(new MtlsServerAuthenticationEntryPoint())
						.accessDeniedHandler(new MtlsServerAccessDeniedHandler()));
	}

}
