package dev.mtls.revocation;

import java.util.List;

import org.junit.jupiter.api.Test;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PendingCrls}.
 */
class PendingCrlsTests {

	private static final CertificateAuthority CA = CrlFixture.authority("Root");

	@Test
	void issuedByReturnsThoseOfCandidate() {
		CertificateAuthority other = CrlFixture.authority("Other");
		CrlDocument document = CrlFixture.crl(CA).document();
		CrlDocument otherDocument = CrlFixture.crl(other).document();
		PendingCrls pending = with(with(PendingCrls.EMPTY, document), otherDocument);
		assertThat(pending.issuedBy(CA.certificate())).containsExactly(document);
		assertThat(pending.issuedBy(other.certificate())).containsExactly(otherDocument);
		assertThat(pending.issuedBy(CrlFixture.authority("Third").certificate())).isEmpty();
		assertThat(pending.documents()).containsExactly(document, otherDocument);
		assertThat(pending.without(document).documents()).containsExactly(otherDocument);
		assertThat(PendingCrls.EMPTY.documents()).isEmpty();
	}

	@Test
	void withWhenEqualIsSame() {
		byte[] der = CrlFixture.crl(CA).der();
		PendingCrls pending = with(PendingCrls.EMPTY, CrlFixture.document(der));
		assertThat(with(pending, CrlDocument.read("elsewhere", der).get(0))).isSameAs(pending);
	}

	@Test
	void withWhenFullRefusesUntilOneIsTakenOut() {
		PendingCrls pending = PendingCrls.EMPTY;
		for (int i = 0; i < PendingCrls.MAX_COUNT; i++) {
			pending = with(pending, CrlFixture.crl(CA).revoke(i).document());
		}
		CrlDocument next = CrlFixture.crl(CA).revoke(1_000).document();
		CrlFixture.assertRefused(pending.with(next), Reason.CRL_INVALID, "CRL test.crl of CN=Root");
		assertThat(with(pending, pending.documents().get(0))).isSameAs(pending);
		assertThat(with(pending.without(pending.documents().get(0)), next).documents()).contains(next);
	}

	@Test
	void withWhenTooManyBytesRefuses() {
		CrlDocument first = CrlFixture.crl(CA).revoke(1).document();
		CrlDocument second = CrlFixture.crl(CA).revoke(2).document();
		int length = first.length() + second.length();
		PendingCrls pending = with(new PendingCrls(List.of(), length - 1), first);
		CrlFixture.assertRefused(pending.with(second), Reason.CRL_INVALID, "of %d bytes in all".formatted(length - 1));
		assertThat(with(with(new PendingCrls(List.of(), length), first), second).documents()).hasSize(2);
	}

	private static PendingCrls with(PendingCrls pending, CrlDocument document) {
		return CrlFixture.accepted(pending.with(document));
	}

}
