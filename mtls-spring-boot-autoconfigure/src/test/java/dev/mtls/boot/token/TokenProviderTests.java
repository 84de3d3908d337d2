package dev.mtls.boot.token;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TokenProvider} without a token. Those with one are integration tests.
 */
class TokenProviderTests {

	private static final String PROPERTY = "mtls.server.key-store";

	@TempDir
	private Path directory;

	@Test
	void getWhenThereIsNoLocationAndNoProviderFails() {
		TokenProvider provider = TokenProvider.of(PROPERTY, null);
		assertThat(provider.place()).isEqualTo("mtls.server.key-store.type=PKCS11");
		MtlsException failure = failureOf(provider);
		assertThat(failure.reason()).isEqualTo(Reason.CONFIGURATION_INVALID);
		assertThat(failure.problem()).isEqualTo("No provider of a token is registered with this JVM");
		assertThat(failure.fix()).contains("Set the location", "java.security");
	}

	@Test
	void getWhenFileIsMissingFails() {
		MtlsException failure = failureOf(TokenProvider.of(PROPERTY, "file:/no/such.cfg"));
		assertThat(failure.reason()).isEqualTo(Reason.SOURCE_UNREADABLE);
		assertThat(failure.place()).isEqualTo("mtls.server.key-store.location=file:/no/such.cfg");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					library = /no/such.so | It is no SunPKCS11 configuration | Write name
					name = a;nonsense = b | It is no SunPKCS11 configuration, see line 2 | Write name
					name = a;library = /no/such.so | The library of the token cannot be used: Library /no/such.so does not exist | Correct library
					name = a;library = "C:\\new\\a.dll" | It holds a backslash before an n | Write slashes
					""")
	void getWhenConfigurationIsWrongFails(String text, String problem, String fix) throws IOException {
		MtlsException failure = failureOf(write(text.replace(';', '\n')));
		assertThat(failure.reason()).isEqualTo(Reason.CONFIGURATION_INVALID);
		assertThat(failure.place()).startsWith("mtls.server.key-store.location=file:");
		assertThat(failure.problem()).isEqualTo(problem);
		assertThat(failure.fix()).contains(fix);
	}

	@Test
	void getWhenLibraryIsNoneFails() throws IOException {
		Path library = Files.writeString(this.directory.resolve("library.so"), "no library");
		MtlsException failure = failureOf(write("name = a\nlibrary = " + library));
		assertThat(failure.problem()).startsWith("The library of the token cannot be used: ");
		assertThat(failure.fix()).contains("Correct library");
	}

	@Test
	void getWhenFileIsAPrivateKeyDoesNotQuoteIt() throws IOException {
		String pem = TestAuthority.create().server().privateKeyPem();
		String secret = pem.lines().skip(1).findFirst().orElseThrow();
		for (String text : new String[] { pem, secret }) {
			MtlsException failure = failureOf(write(text));
			assertThat(failure.problem()).startsWith("It is no SunPKCS11 configuration");
			assertThat(failure.getMessage()).doesNotContain(secret.substring(0, 8));
			assertThat(failure).hasNoCause();
		}
	}

	private TokenProvider write(String text) throws IOException {
		return TokenProvider.of(PROPERTY, "file:" + Files.writeString(this.directory.resolve("token.cfg"), text));
	}

	private static MtlsException failureOf(TokenProvider provider) {
		return assertThatExceptionOfType(MtlsException.class).isThrownBy(provider::get).actual();
	}

}
