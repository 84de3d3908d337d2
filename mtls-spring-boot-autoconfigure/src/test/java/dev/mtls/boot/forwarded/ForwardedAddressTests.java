package dev.mtls.boot.forwarded;

import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.address.AddressSet;
import dev.mtls.address.AddressText;
import dev.mtls.address.Cidr;
import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ForwardedAddress}.
 */
class ForwardedAddressTests {

	private static final AddressSet PROXIES = AddressSet.of(List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("fd00::/8")));

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			203.0.113.7                           | 203.0.113.7
			1.2.3.4, 203.0.113.7                  | 203.0.113.7
			1.2.3.4,203.0.113.7                   | 203.0.113.7
			1.2.3.4, 203.0.113.7, 10.0.0.1        | 203.0.113.7
			203.0.113.7, 10.0.0.2, 10.0.0.1       | 203.0.113.7
			10.0.0.3, 10.0.0.2                    | 10.0.0.3
			nobody, 1.2.3, 203.0.113.7            | 203.0.113.7
			203.0.113.7:4711                      | 203.0.113.7
			2001:db8::1                           | 2001:db8::1
			[2001:db8::1]                         | 2001:db8::1
			[2001:db8::1]:4711                    | 2001:db8::1
			2001:DB8:0::1, fd00::1                | 2001:db8::1
			::ffff:203.0.113.7                    | 203.0.113.7
			""")
	void readXForwardedForGivesTheRightmostThatIsNoProxy(String value, String expected) {
		assertThat(read(AddressHeader.X_FORWARDED_FOR, value)).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			for=203.0.113.7                                           | 203.0.113.7
			For="203.0.113.7:4711";proto=https;by=10.0.0.1            | 203.0.113.7
			for="[2001:db8::1]:4711"                                  | 2001:db8::1
			for=1.2.3.4, for=203.0.113.7;proto=http                   | 203.0.113.7
			for=unknown, for=203.0.113.7                              | 203.0.113.7
			for=203.0.113.7;by=_proxy, for=10.0.0.2                   | 203.0.113.7
			for="a, for=1.2.3.4", for=203.0.113.7                     | 203.0.113.7
			""")
	void readForwardedGivesTheRightmostThatIsNoProxy(String value, String expected) {
		assertThat(read(AddressHeader.FORWARDED, value)).isEqualTo(expected);
	}

	@Test
	void readWhenInSeveralLinesTakesThemAsOne() {
		assertThat(read(AddressHeader.X_FORWARDED_FOR, "1.2.3.4", "203.0.113.7, 10.0.0.1", "10.0.0.2"))
			.isEqualTo("203.0.113.7");
		assertThat(read(AddressHeader.FORWARDED, "for=1.2.3.4", "for=203.0.113.7")).isEqualTo("203.0.113.7");
	}

	@Test
	void readWhenNotThereGivesNothing() {
		assertThat(read(AddressHeader.X_FORWARDED_FOR)).isEqualTo("nothing");
		assertThat(read(AddressHeader.FORWARDED)).isEqualTo("nothing");
	}

	@Test
	void readNeverTakesTheOtherHeader() {
		RequestFields fields = (name) -> name.equals("Forwarded") ? List.of("for=1.2.3.4") : List.of();
		assertThat(text(new ForwardedAddress(AddressHeader.X_FORWARDED_FOR, PROXIES::contains).read(fields)))
			.isEqualTo("nothing");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ",", "203.0.113.7,", "unknown", "localhost", "example.com", "1.2.3", "1.2.3.4.5",
			"010.0.0.1", "0x7f.0.0.1", "2130706433", "1.2.3.4/32", "10.0.0.0/8", "1.2.3.4:", "1.2.3.4:x",
			"1.2.3.4:123456", "1.2.3.4:-1", "[1.2.3.4]", "[1.2.3.4]:80", "[2001:db8::1", "2001:db8::1]", "[]", "[:",
			"[2001:db8::1]x", "fe80::1%eth0", "1.2.3.4 5.6.7.8", "\"1.2.3.4\"", "unknown, 10.0.0.1", "1.2.3.4\u00a0",
			"1.2.3.4\u0000", "\uff11.2.3.4" })
	void readXForwardedForWhenMalformedIsRefused(String value) {
		assertThat(read(AddressHeader.X_FORWARDED_FOR, value)).isEqualTo("refused");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "for", "for=", "for=unknown", "for=_hidden", "by=10.0.0.1", "for=1.2.3.4;for=5.6.7.8",
			"for=1.2.3.4, ", "for=1.2.3.4;", "for=\"1.2.3.4", "for=\"a, for=1.2.3.4", "for=1.2.3.4, by=a", "1.2.3.4",
			"for=1.2.3.4 5" })
	void readForwardedWhenMalformedIsRefused(String value) {
		assertThat(read(AddressHeader.FORWARDED, value)).isEqualTo("refused");
	}

	@Test
	void readWhenOutOfBoundsIsRefused() {
		assertThat(read(AddressHeader.X_FORWARDED_FOR,
				Collections.nCopies(FieldLines.MAX_LINES + 1, "203.0.113.7").toArray(String[]::new)))
			.isEqualTo("refused");
		assertThat(read(AddressHeader.X_FORWARDED_FOR, "1".repeat(FieldLines.MAX_LENGTH) + ", 203.0.113.7"))
			.isEqualTo("refused");
	}

	private static String read(AddressHeader header, String... values) {
		String name = (header == AddressHeader.FORWARDED) ? "Forwarded" : "X-Forwarded-For";
		return text(new ForwardedAddress(header, PROXIES::contains)
			.read((asked) -> asked.equals(name) ? List.of(values) : List.of()));
	}

	private static String text(Verdict<Optional<InetAddress>> verdict) {
		if (verdict instanceof Verdict.Accepted<Optional<InetAddress>> accepted) {
			return accepted.value().map(AddressText::of).orElse("nothing");
		}
		Decision.Deny denial = ((Verdict.Refused<Optional<InetAddress>>) verdict).denial();
		assertThat(denial.reason()).isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
		return "refused";
	}

}
