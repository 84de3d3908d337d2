package dev.mtls.tcp.tunnel;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TunnelAddress}.
 */
class TunnelAddressTests {

	@ParameterizedTest
	@CsvSource({ "127.0.0.1:80,true", "127.8.9.10:80,true", "[::1]:80,true", "localhost:80,true", "LocalHost:80,true",
			"unix:/run/app.sock,true", "0.0.0.0:80,false", "[::]:80,false", "10.0.0.1:80,false", "128.0.0.1:80,false",
			"[::2]:80,false", "[::ffff:10.0.0.1]:80,false", "[::ffff:127.0.0.1]:80,true", "example.com:80,false",
			"localhost.example.com:80,false", "localhost.:80,false", "my-localhost:80,false", "unix.example:80,false" })
	void onlyWhatStaysOnThisMachineIsLocal(String text, boolean local) {
		assertThat(TunnelAddress.ofTarget(text).isLocal()).isEqualTo(local);
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1:80", "[::1]:80", "example.com:80", "unix:/run/app.sock" })
	void textIsWhatWasRead(String text) {
		assertThat(TunnelAddress.ofTarget(text)).hasToString(text);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "80", "example.com", "example.com:", ":80", "example.com:65536", "example.com:0",
			"unix:", "unix:app.sock", "unix: ", "unix:/\0", "UNIX:/run/app.sock", "http://example.com:80" })
	void whatIsNoAddressIsRefused(String text) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> TunnelAddress.ofTarget(text))
			.satisfies((exception) -> assertThat(exception.reason()).isEqualTo(Reason.CONFIGURATION_INVALID));
	}

	@Test
	void pathThatNoSocketCanHaveIsRefused() {
		assertThat(TunnelAddress.ofTarget("unix:/" + "a".repeat(102)).isLocal()).isTrue();
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> TunnelAddress.ofTarget("unix:/" + "a".repeat(103)))
			.withMessageContaining("103 bytes");
	}

	@Test
	void portZeroIsOnlyListenedAt() {
		assertThat(TunnelAddress.ofListener("127.0.0.1:0")).hasToString("127.0.0.1:0");
	}

}
