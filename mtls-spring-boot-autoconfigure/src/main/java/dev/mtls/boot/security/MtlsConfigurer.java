package dev.mtls.boot.security;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.AuthenticationDetailsSource;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.ExceptionHandlingConfigurer;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.authentication.WebAuthenticationDetailsSource;
import org.springframework.security.web.authentication.preauth.x509.X509AuthenticationFilter;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.security.web.util.matcher.MediaTypeRequestMatcher;
import org.springframework.security.web.util.matcher.NegatedRequestMatcher;

/**
 * Adds authentication of peers by the gate to a chain of Spring Security, in the place of
 * {@link HttpSecurity#x509}: <pre>
 * http.with(mtls(), Customizer.withDefaults())
 * </pre>
 *
 * <h2>Security Filters</h2> The following filter is populated, where
 * {@link X509AuthenticationFilter} would be:
 * <ul>
 * <li>{@link MtlsAuthenticationFilter}</li>
 * </ul>
 *
 * <h2>Shared Objects Created</h2> None. A {@link MtlsAuthenticationProvider} is added to
 * the chain, and by default {@link MtlsAuthenticationEntryPoint} answers whoever is not
 * authenticated and is not sent to a page to log in, {@link MtlsAccessDeniedHandler}
 * whoever lacks an authority.
 *
 * <h2>Shared Objects Used</h2>
 * <ul>
 * <li>{@link ApplicationContext}, for the {@link PeerAuthenticator} bean unless
 * {@link #authenticator} is set</li>
 * <li>{@link AuthenticationManager}</li>
 * </ul>
 */
public final class MtlsConfigurer extends AbstractHttpConfigurer<MtlsConfigurer, HttpSecurity> {

	private @Nullable PeerAuthenticator authenticator;

	private final List<AuthoritiesMapper> mappers = new ArrayList<>();

	private @Nullable UserDetailsService users;

	private AuthenticationDetailsSource<HttpServletRequest, ?> details = new WebAuthenticationDetailsSource();

	private MtlsConfigurer() {
	}

	/**
	 * Creates a configurer for {@link HttpSecurity#with}.
	 * @return the configurer
	 */
	public static MtlsConfigurer mtls() {
		return new MtlsConfigurer();
	}

	/**
	 * Specifies what authenticates the peers of this chain. If not specified, the
	 * {@link PeerAuthenticator} bean does.
	 * @param authenticator authenticates the peers
	 * @return the {@link MtlsConfigurer} for further customization
	 */
	public MtlsConfigurer authenticator(PeerAuthenticator authenticator) {
		this.authenticator = authenticator;
		return this;
	}

	/**
	 * Adds a mapper for the peers of this chain. It is asked after those that the
	 * authenticator has, which are the {@link AuthoritiesMapper} beans by default.
	 * @param mapper gives further authorities
	 * @return the {@link MtlsConfigurer} for further customization
	 */
	public MtlsConfigurer authoritiesMapper(AuthoritiesMapper mapper) {
		this.mappers.add(mapper);
		return this;
	}

	/**
	 * Specifies the users that the peers of this chain have to be, by their
	 * {@linkplain dev.mtls.identity.PeerIdentity#displayName() display name}. If not
	 * specified, those of the authenticator, which are the {@link UserDetailsService}
	 * bean by default.
	 * @param users the users
	 * @return the {@link MtlsConfigurer} for further customization
	 */
	public MtlsConfigurer userDetailsService(UserDetailsService users) {
		this.users = users;
		return this;
	}

	/**
	 * Specifies the source of the details of an authentication. The default is a
	 * {@link WebAuthenticationDetailsSource}.
	 * @param details the source
	 * @return the {@link MtlsConfigurer} for further customization
	 */
	public MtlsConfigurer authenticationDetailsSource(AuthenticationDetailsSource<HttpServletRequest, ?> details) {
		this.details = details;
		return this;
	}

	@Override
	@SuppressWarnings("unchecked")
	public void init(HttpSecurity http) {
		http.authenticationProvider(new MtlsAuthenticationProvider(authenticator(http)));
		ExceptionHandlingConfigurer<HttpSecurity> exceptions = http.getConfigurer(ExceptionHandlingConfigurer.class);
		if (exceptions != null) {
			MtlsAuthenticationEntryPoint entryPoint = new MtlsAuthenticationEntryPoint();
			exceptions.defaultAuthenticationEntryPointFor(entryPoint, new NegatedRequestMatcher(html()))
				.defaultDeniedHandlerForMissingAuthority(entryPoint, FactorGrantedAuthority.X509_AUTHORITY)
				.defaultAccessDeniedHandlerFor(new MtlsAccessDeniedHandler(), AnyRequestMatcher.INSTANCE);
		}
	}

	@Override
	public void configure(HttpSecurity http) {
		MtlsAuthenticationFilter filter = new MtlsAuthenticationFilter(
				http.getSharedObject(AuthenticationManager.class));
		filter.setAuthenticationDetailsSource(this.details);
		filter.setSecurityContextHolderStrategy(getSecurityContextHolderStrategy());
		http.addFilterAt(postProcess(filter), X509AuthenticationFilter.class);
	}

	private PeerAuthenticator authenticator(HttpSecurity http) {
		PeerAuthenticator base = (this.authenticator != null) ? this.authenticator : bean(http);
		return base.with(this.mappers, this.users);
	}

	private static PeerAuthenticator bean(HttpSecurity http) {
		PeerAuthenticator bean = http.getSharedObject(ApplicationContext.class)
			.getBeanProvider(PeerAuthenticator.class)
			.getIfAvailable();
		if (bean == null) {
			throw new IllegalStateException("mtls() in a chain of Spring Security needs a PeerAuthenticator bean, "
					+ "and there is none: set mtls.server.certificate and what belongs to it, or call authenticator()");
		}
		return bean;
	}

	// A browser that may log in is sent to the page for it, in whichever order the chain
	// was configured
	private static MediaTypeRequestMatcher html() {
		MediaTypeRequestMatcher html = new MediaTypeRequestMatcher(MediaType.TEXT_HTML,
				MediaType.APPLICATION_XHTML_XML);
		html.setIgnoredMediaTypes(Set.of(MediaType.ALL));
		return html;
	}

}
