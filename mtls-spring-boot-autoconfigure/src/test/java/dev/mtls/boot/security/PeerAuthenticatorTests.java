package dev.mtls.boot.security;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.security.authentication.AccountExpiredException;
import org.springframework.security.authentication.CredentialsExpiredException;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.ReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import reactor.core.publisher.Mono;

import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.test.Flaw;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PeerAuthenticator} and {@link ReactivePeerAuthenticator}, which answer
 * the same.
 */
class PeerAuthenticatorTests {

	private static final String ADMIN = "spiffe://example.org/admin";

	private final SecuredGate site = new SecuredGate(ADMIN + " = ROLE_ADMIN, ROLE_USER", "dns:alice = ROLE_ALICE");

	@ParameterizedTest
	@EnumSource
	void authenticateWhenAdmittedTellsWhoThePeerIs(Kind kind) {
		X509Certificate[] chain = this.site.client(ADMIN);
		Authentication authentication = kind.authenticate(this.site.gate(), chain, null);
		assertThat(authentication.isAuthenticated()).isTrue();
		assertThat(authentication.getPrincipal()).isEqualTo(PeerIdentity.of(chain[0]));
		assertThat(authentication.getName()).isEqualTo(ADMIN);
		assertThat(authentication.getCredentials()).isEqualTo(chain[0]);
	}

	@ParameterizedTest
	@EnumSource
	void authenticateWhenAdmittedHasFactorAndAuthoritiesOfRules(Kind kind) {
		Instant before = Instant.now();
		Authentication authentication = kind.authenticate(this.site.gate(), this.site.client(ADMIN), null);
		assertAuthorities(authentication, "FACTOR_X509", "ROLE_ADMIN", "ROLE_USER");
		assertThat(authentication.getAuthorities()).filteredOn(FactorGrantedAuthority.class::isInstance)
			.singleElement()
			.satisfies((factor) -> assertThat(((FactorGrantedAuthority) factor).getIssuedAt()).isBetween(before,
					Instant.now()));
		assertAuthorities(kind.authenticate(this.site.gate(), this.site.client("mallory"), null), "FACTOR_X509");
	}

	@ParameterizedTest
	@EnumSource
	void authenticateWhenThereAreMappersAddsTheirAuthorities(Kind kind) {
		AuthoritiesMapper name = (peer) -> List.of(new SimpleGrantedAuthority("NAME_" + peer.identity().displayName()));
		AuthoritiesMapper again = (peer) -> List.of(new SimpleGrantedAuthority("ROLE_ALICE"));
		Authentication authentication = kind.authenticate(this.site.gate(), this.site.client("alice"), null, name,
				again);
		assertAuthorities(authentication, "FACTOR_X509", "ROLE_ALICE", "NAME_alice");
	}

	@ParameterizedTest
	@EnumSource
	void authenticateWhenPeerIsUserAddsAuthoritiesOfUser(Kind kind) {
		UserDetails user = user("alice").authorities("ROLE_CLERK", "ROLE_ALICE").build();
		assertAuthorities(kind.authenticate(this.site.gate(), this.site.client("alice"), user), "FACTOR_X509",
				"ROLE_ALICE", "ROLE_CLERK");
	}

	@ParameterizedTest
	@CsvSource({ "SERVLET, bob", "REACTIVE, bob", "SERVLET, alice.example.com", "REACTIVE, alice.example.com" })
	void authenticateWhenPeerIsNoUserFails(Kind kind, String name) {
		assertThatExceptionOfType(UsernameNotFoundException.class)
			.isThrownBy(() -> kind.authenticate(this.site.gate(), this.site.client(name), user("alice").build()));
	}

	// What is shortened may be the beginning of another's name
	@ParameterizedTest
	@EnumSource
	void authenticateWhenNameIsShortenedFails(Kind kind) {
		String beginning = "spiffe://example.org/" + "a".repeat(1023 - 21);
		UserDetails user = user(beginning + "…").build();
		assertThat(PeerIdentity.of(this.site.client(beginning + "/long")[0]).displayName())
			.isEqualTo(user.getUsername());
		assertThatExceptionOfType(UsernameNotFoundException.class)
			.isThrownBy(() -> kind.authenticate(this.site.gate(), this.site.client(beginning + "/long"), user));
		UserDetails shorter = user(beginning).build();
		assertThat(kind.authenticate(this.site.gate(), this.site.client(beginning), shorter).getName())
			.isEqualTo(beginning);
	}

	@ParameterizedTest
	@EnumSource
	void authenticateWhenAccountIsNotUsableFails(Kind kind) {
		assertRefused(kind, LockedException.class, user("alice").accountLocked(true));
		assertRefused(kind, DisabledException.class, user("alice").disabled(true));
		assertRefused(kind, AccountExpiredException.class, user("alice").accountExpired(true));
		assertRefused(kind, CredentialsExpiredException.class, user("alice").credentialsExpired(true));
	}

	@ParameterizedTest
	@EnumSource
	void authenticateWhenGateDoesNotAdmitFails(Kind kind) {
		X509Certificate[] alice = this.site.client("alice");
		assertThat(kind.authenticate(this.site.gate(), alice, null).isAuthenticated()).isTrue();
		this.site.allowOnly("dns:bob");
		assertDenied(kind, alice, Reason.IDENTITY_NOT_ALLOWED);
		assertDenied(kind, TestAuthority.create().client("bob").chain().toArray(X509Certificate[]::new),
				Reason.ISSUER_UNKNOWN);
		assertDenied(kind, this.site.authority().client(Flaw.EXPIRED, "bob").chain().toArray(X509Certificate[]::new),
				Reason.CERTIFICATE_EXPIRED);
		assertDenied(kind, new X509Certificate[0], Reason.CERTIFICATE_MISSING);
	}

	@Test
	void reactiveAuthenticateAsksTheGateAtEachSubscription() {
		X509Certificate[] alice = this.site.client("alice");
		Mono<MtlsAuthentication> authentication = new ReactivePeerAuthenticator(this.site.gate(), List.of(), null)
			.authenticate(List.of(alice));
		assertThat(authentication.block()).isNotNull();
		this.site.allowOnly("dns:bob");
		assertThatExceptionOfType(MtlsAuthenticationException.class).isThrownBy(authentication::block);
	}

	private void assertRefused(Kind kind, Class<? extends AuthenticationException> type, User.UserBuilder user) {
		assertThatExceptionOfType(type)
			.isThrownBy(() -> kind.authenticate(this.site.gate(), this.site.client("alice"), user.build()));
	}

	private void assertDenied(Kind kind, X509Certificate[] chain, Reason reason) {
		assertThatExceptionOfType(MtlsAuthenticationException.class)
			.isThrownBy(() -> kind.authenticate(this.site.gate(), chain, null))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(reason))
			.withMessageContaining("(%s)", reason.code());
	}

	private static User.UserBuilder user(String name) {
		return User.withUsername(name).password("{noop}unused").authorities(List.of());
	}

	private static void assertAuthorities(Authentication authentication, String... authorities) {
		assertThat(authentication.getAuthorities()).extracting("authority").containsExactly((Object[]) authorities);
	}

	/**
	 * The two authenticators.
	 */
	enum Kind {

		SERVLET {

			@Override
			Authentication authenticate(Gate gate, X509Certificate[] chain, @Nullable UserDetails user,
					AuthoritiesMapper... mappers) {
				UserDetailsService users = (user != null) ? new InMemoryUserDetailsManager(user) : null;
				return new PeerAuthenticator(gate, List.of(mappers), users).authenticate(List.of(chain));
			}

		},

		REACTIVE {

			@Override
			Authentication authenticate(Gate gate, X509Certificate[] chain, @Nullable UserDetails user,
					AuthoritiesMapper... mappers) {
				ReactiveUserDetailsService users = (user != null) ? new MapReactiveUserDetailsService(user) : null;
				return Objects.requireNonNull(
						new ReactivePeerAuthenticator(gate, List.of(mappers), users).authenticate(List.of(chain))
							.block());
			}

		};

		abstract Authentication authenticate(Gate gate, X509Certificate[] chain, @Nullable UserDetails user,
				AuthoritiesMapper... mappers);

	}

}
