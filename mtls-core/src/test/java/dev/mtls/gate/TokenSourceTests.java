package dev.mtls.gate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.material.KeyMaterial;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TokenSource}.
 */
class TokenSourceTests {

	private static final String PLACE = "mtls.server.key-store.type=PKCS11";

	private final FakeToken token = new FakeToken(issued());

	private final List<MtlsEvent> events = new ArrayList<>();

	@TempDir
	private Path folder;

	private Site site;

	@BeforeEach
	void createSite() {
		this.site = new Site(this.folder);
	}

	@Test
	void reloadWhenNothingChangedKeepsTheKey() {
		Gate gate = open();
		KeyMaterial key = keyOf(gate);
		assertThat(key.isExtractable()).isFalse();
		assertThat(gate.reload()).isFalse();
		assertThat(keyOf(gate)).isSameAs(key);
	}

	@Test
	void reloadWhenCertificateIsAnotherTakesIt() {
		Gate gate = open();
		IssuedCertificate next = issued();
		this.token.write(next);
		assertThat(gate.reload()).isTrue();
		assertThat(keyOf(gate).leaf()).isEqualTo(next.certificate());
	}

	@Test
	void reloadWhenTokenIsGoneKeepsAndTellsOnceAndTakesTheKeyAnewWhenItIsBack() {
		Gate gate = open();
		KeyMaterial key = keyOf(gate);
		this.token.remove();
		assertThat(gate.reload()).isFalse();
		assertThat(gate.reload()).isFalse();
		assertThat(keyOf(gate)).isSameAs(key);
		assertThat(this.events).singleElement().isInstanceOfSatisfying(MtlsEvent.ReloadKept.class, (kept) -> {
			assertThat(kept.reason()).isEqualTo(Reason.SOURCE_UNREADABLE);
			assertThat(kept.message()).startsWith(PLACE + ": The token is not there");
		});
		this.token.putBack();
		assertThat(gate.reload()).isTrue();
		assertThat(keyOf(gate)).isNotSameAs(key);
		assertThat(gate.reload()).isFalse();
	}

	@Test
	void reloadWhenTokenWasGoneBetweenLooksTakesTheKeyAnew() {
		Gate gate = open();
		KeyMaterial key = keyOf(gate);
		this.token.remove();
		this.token.putBack();
		assertThat(gate.reload()).isTrue();
		assertThat(keyOf(gate)).isNotSameAs(key);
	}

	@Test
	void readWhenPinIsWrongIsNotTriedAgain() {
		TokenSource source = new TokenSource(PLACE, () -> this.token, "wrong-pin", null);
		for (int look = 0; look < 3; look++) {
			assertThatExceptionOfType(MtlsException.class).isThrownBy(source::read).satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(Reason.PASSWORD_WRONG);
				assertThat(ex.place()).isEqualTo(PLACE);
				assertThat(ex.getMessage()).doesNotContain("wrong-pin");
			});
		}
		assertThat(this.token.logins()).isOne();
	}

	@Test
	void toStringNeverHoldsThePin() {
		TokenSource source = new TokenSource(PLACE, () -> this.token, FakeToken.PIN, null);
		assertThat(source).hasToString(PLACE);
		assertThat(new KeyLocation.Token(source)).hasToString("Token[token=%s]".formatted(PLACE));
	}

	@Test
	void buildWhenPemIsConfiguredTooFails() {
		SnapshotLocationsBuilder locations = this.site.locations().token(PLACE, () -> this.token, FakeToken.PIN, null);
		assertThatExceptionOfType(MtlsException.class).isThrownBy(locations::build).satisfies((ex) -> {
			assertThat(ex.reason()).isEqualTo(Reason.CONFIGURATION_CONFLICT);
			assertThat(ex.place()).isEqualTo("mtls.server.key-store.type");
		});
	}

	@Test
	void trustStoreWhenItIsATokenFails() {
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> this.site.locations().trustStore(null, "PKCS11", null))
			.satisfies((ex) -> assertThat(ex.place()).isEqualTo("mtls.server.trust-store.type=PKCS11"));
	}

	private Gate open() {
		return Gate.builder(GateSettings.server(true, TlsProfile.defaults()),
				SnapshotLocations.builder("mtls.server")
					.token(PLACE, () -> this.token, FakeToken.PIN, null)
					.trustCertificates(List.of("file:" + this.site.trust()))
					.build())
			.clock(this.site.clock)
			.events(this.events::add)
			.open();
	}

	private static KeyMaterial keyOf(Gate gate) {
		return Objects.requireNonNull(gate.snapshot().key());
	}

	private static IssuedCertificate issued() {
		return Site.ROOT.issue(CertificateRequest.server("localhost").build());
	}

}
