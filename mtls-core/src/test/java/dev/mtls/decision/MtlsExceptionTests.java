package dev.mtls.decision;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsException}.
 */
class MtlsExceptionTests {

	@Test
	void messageNamesPlaceProblemAndFix() {
		MtlsException ex = new MtlsException(Reason.KEY_MISMATCH, "mtls.server.certificate=file:tls.crt",
				"It does not fit the key", "Use the certificate of the key");
		assertThat(ex).hasMessage(
				"mtls.server.certificate=file:tls.crt: It does not fit the key. " + "Use the certificate of the key.");
		assertThat(ex.reason()).isEqualTo(Reason.KEY_MISMATCH);
		assertThat(ex.category()).isEqualTo(Category.CONFIGURATION);
		assertThat(ex.place()).isEqualTo("mtls.server.certificate=file:tls.crt");
		assertThat(ex.problem()).isEqualTo("It does not fit the key");
		assertThat(ex.fix()).isEqualTo("Use the certificate of the key");
		assertThat(ex).hasNoCause();
	}

	@Test
	void messageWhenPartsEndInPeriodHasNoDoubledPeriod() {
		MtlsException ex = new MtlsException(Reason.KEY_MISMATCH, "place.", "Problem.", "Fix.");
		assertThat(ex).hasMessage("place: Problem. Fix.");
		assertThat(ex.problem()).isEqualTo("Problem");
	}

	@Test
	void messageWhenPartsAreNotPrintableIsEscapedAndBounded() {
		MtlsException ex = new MtlsException(Reason.RULE_INVALID, "a\r\nb", "\u001b[31m", "x".repeat(5000));
		assertThat(ex.place()).isEqualTo("a\\u000d\\u000ab");
		assertThat(ex.problem()).isEqualTo("\\u001b[31m");
		assertThat(ex.fix()).hasSize(PrintableText.MAX_LENGTH).endsWith("…");
		assertThat(ex.getMessage()).hasSizeLessThan(1100).startsWith("a\\u000d\\u000ab: \\u001b[31m. xxx");
	}

	@Test
	void createWhenCauseIsGivenKeepsCause() {
		IOException cause = new IOException();
		assertThat(new MtlsException(Reason.SOURCE_UNREADABLE, "place", "Problem", "Fix", cause)).hasCause(cause);
	}

	@Test
	void atPutsPlaceBeforePlace() {
		MtlsException inner = new MtlsException(Reason.RULE_INVALID, "rule 'dns:'", "Problem", "Fix");
		MtlsException outer = inner.at("mtls.server.allowed-clients");
		assertThat(outer).hasMessage("mtls.server.allowed-clients: rule 'dns:': Problem. Fix.").hasCause(inner);
		assertThat(outer.place()).isEqualTo("mtls.server.allowed-clients: rule 'dns:'");
		assertThat(outer.reason()).isEqualTo(Reason.RULE_INVALID);
		assertThat(outer.problem()).isEqualTo("Problem");
		assertThat(outer.fix()).isEqualTo("Fix");
	}

	@Test
	void atWhenRepeatedEscapesEachPartOnce() {
		MtlsException ex = new MtlsException(Reason.RULE_INVALID, "C:\\a", "It has \\", "Remove \\").at("D:\\b")
			.at("E:\\c");
		assertThat(ex).hasMessage("E:\\\\c: D:\\\\b: C:\\\\a: It has \\\\. Remove \\\\.");
	}

	@ParameterizedTest
	@EnumSource
	void isOfItsCategoryOnly(Reason reason) {
		MtlsException ex = new MtlsException(reason, "place", "Problem", "Fix");
		Set<Category> categories = EnumSet.noneOf(Category.class);
		addIf(ex.isConfiguration(), Category.CONFIGURATION, categories);
		addIf(ex.isNetwork(), Category.NETWORK, categories);
		addIf(ex.isTls(), Category.TLS, categories);
		addIf(ex.isIdentity(), Category.IDENTITY, categories);
		addIf(ex.isPolicy(), Category.POLICY, categories);
		addIf(ex.isIo(), Category.IO, categories);
		addIf(ex.category() == Category.INTERNAL, Category.INTERNAL, categories);
		assertThat(categories).containsExactly(reason.category());
	}

	private static void addIf(boolean is, Category category, Set<Category> categories) {
		if (is) {
			categories.add(category);
		}
	}

}
