package dev.mtls.boot.security;

import java.security.cert.X509Certificate;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

import dev.mtls.identity.PeerIdentity;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link MtlsAuthentication}.
 */
class MtlsAuthenticationTests {

	private final X509Certificate certificate = TestAuthority.create().client("alice").certificate();

	private final MtlsAuthentication authentication = new MtlsAuthentication(PeerIdentity.of(this.certificate),
			this.certificate, AuthorityUtils.createAuthorityList("FACTOR_X509"));

	@Test
	void toBuilderKeepsThePeer() {
		this.authentication.setDetails("details");
		MtlsAuthentication built = this.authentication.toBuilder()
			.authorities((authorities) -> authorities.add(new SimpleGrantedAuthority("FACTOR_PASSWORD")))
			.build();
		assertThat(built.getAuthorities()).extracting("authority").containsExactly("FACTOR_X509", "FACTOR_PASSWORD");
		assertThat(built.getName()).isEqualTo("alice");
		assertThat(built.getPrincipal()).isEqualTo(this.authentication.getPrincipal());
		assertThat(built.getCredentials()).isEqualTo(this.certificate);
		assertThat(built.getDetails()).isEqualTo("details");
		assertThat(built.isAuthenticated()).isTrue();
	}

	@Test
	void toBuilderTakesNoOtherPeer() {
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> this.authentication.toBuilder().principal("mallory"));
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> this.authentication.toBuilder().credentials("other"));
	}

	@Test
	void setAuthenticatedWhenItIsNoLongerCannotBeUndone() {
		this.authentication.setAuthenticated(false);
		assertThat(this.authentication.isAuthenticated()).isFalse();
		assertThatIllegalArgumentException().isThrownBy(() -> this.authentication.setAuthenticated(true));
	}

	@Test
	void toStringHoldsNoCertificate() {
		assertThat(this.authentication).asString().contains("displayName=alice").doesNotContain("PublicKey");
	}

	@Test
	void isOtherwiseCountsNeitherNobodyNorTheAnonymousNorAPeer() {
		assertThat(MtlsAuthentication.isOtherwise(null)).isFalse();
		assertThat(MtlsAuthentication.isOtherwise(this.authentication)).isFalse();
		assertThat(MtlsAuthentication.isOtherwise(
				new AnonymousAuthenticationToken("key", "anonymous", AuthorityUtils.createAuthorityList("ROLE_A"))))
			.isFalse();
		assertThat(MtlsAuthentication.isOtherwise(new TestingAuthenticationToken("bob", "secret"))).isFalse();
		assertThat(MtlsAuthentication.isOtherwise(new TestingAuthenticationToken("bob", "secret", List.of()))).isTrue();
	}

}
