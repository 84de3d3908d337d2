package dev.mtls.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.X509ExtendedKeyManager;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.material.KeyMaterial;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SingleKeyManager}.
 */
class SingleKeyManagerTests {

	private final KeyMaterial first = Keys.server();

	private final KeyMaterial second = Keys.server();

	private final AtomicReference<@Nullable KeyMaterial> current = new AtomicReference<>(this.first);

	private final X509ExtendedKeyManager keyManager = new SingleKeyManager(this.current::get);

	@Test
	void chooseWhenTypeFitsReturnsAliasOfKeyAndChain() {
		String alias = this.keyManager.chooseServerAlias("EC", null, null);
		assertThat(alias).isNotNull();
		assertThat(this.keyManager.chooseEngineServerAlias("EC", null, null)).isEqualTo(alias);
		assertThat(this.keyManager.chooseClientAlias(new String[] { "RSA", "EC" }, null, null)).isEqualTo(alias);
		assertThat(this.keyManager.chooseEngineClientAlias(new String[] { "RSA", "EC" }, null, null)).isEqualTo(alias);
		assertThat(this.keyManager.getServerAliases("EC", null)).containsExactly(alias);
		assertThat(this.keyManager.getClientAliases("EC", null)).containsExactly(alias);
		assertPresents(alias, this.first);
	}

	@Test
	void chooseWhenTypeDoesNotFitReturnsNone() {
		assertThat(this.keyManager.chooseServerAlias("RSA", null, null)).isNull();
		assertThat(this.keyManager.chooseEngineServerAlias("EdDSA", null, null)).isNull();
		assertThat(this.keyManager.chooseClientAlias(new String[] { "RSA", "RSASSA-PSS" }, null, null)).isNull();
		assertThat(this.keyManager.chooseEngineClientAlias(new String[0], null, null)).isNull();
		assertThat(this.keyManager.getServerAliases("RSA", null)).isNull();
		assertThat(this.keyManager.getClientAliases("RSA", null)).isNull();
	}

	@Test
	void chooseWhenThereIsNoKeyReturnsNone() {
		this.current.set(null);
		assertThat(this.keyManager.chooseServerAlias("EC", null, null)).isNull();
		assertThat(this.keyManager.chooseEngineClientAlias(new String[] { "EC" }, null, null)).isNull();
	}

	@Test
	void chooseWhenKeyChangedFollows() {
		String alias = this.keyManager.chooseServerAlias("EC", null, null);
		KeyMaterial rsa = Keys.material(CertificateRequest.server("localhost").keyPair(Keys.pair("RSA")));
		this.current.set(rsa);
		assertThat(this.keyManager.chooseServerAlias("EC", null, null)).isNull();
		String next = this.keyManager.chooseServerAlias("RSA", null, null);
		assertThat(next).isNotNull().isNotEqualTo(alias);
		assertPresents(next, rsa);
	}

	@Test
	void keyAndChainWhenKeyChangesAfterChoiceAreThoseOfChoice() {
		String alias = this.keyManager.chooseServerAlias("EC", null, null);
		assertThat(alias).isNotNull();
		PrivateKey before = this.keyManager.getPrivateKey(alias);
		this.current.set(this.second);
		String next = this.keyManager.chooseServerAlias("EC", null, null);
		assertThat(before).isEqualTo(this.first.privateKey());
		assertPresents(alias, this.first);
		assertPresents(next, this.second);
	}

	@Test
	void keyAndChainWhenAliasIsUnknownOrOldAreNone() {
		assertThat(this.keyManager.getPrivateKey("mtls")).isNull();
		String alias = this.keyManager.chooseServerAlias("EC", null, null);
		assertThat(alias).isNotNull();
		this.current.set(this.second);
		this.keyManager.chooseServerAlias("EC", null, null);
		this.current.set(this.first);
		this.keyManager.chooseServerAlias("EC", null, null);
		assertThat(this.keyManager.getPrivateKey(alias)).isNull();
		assertThat(this.keyManager.getCertificateChain(alias)).isNull();
	}

	private void assertPresents(@Nullable String alias, KeyMaterial material) {
		assertThat(alias).isNotNull();
		assertThat(this.keyManager.getPrivateKey(alias)).isEqualTo(material.privateKey());
		assertThat(this.keyManager.getCertificateChain(alias))
			.isEqualTo(material.chain().toArray(X509Certificate[]::new));
	}

}
