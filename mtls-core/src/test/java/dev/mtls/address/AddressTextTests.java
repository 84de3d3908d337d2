package dev.mtls.address;

import java.net.InetAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AddressText}.
 */
class AddressTextTests {

	@ParameterizedTest
	@CsvSource({ "10.1.2.3, 10.1.2.3", "255.128.0.0, 255.128.0.0", "2001:0db8::0001, 2001:db8::1",
			"2001:db8:0:0:0:0:2:1, 2001:db8::2:1", "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
			"2001:0:0:1:0:0:0:1, 2001:0:0:1::1", "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1", "::, ::", "1::, 1::",
			"0:1:1:1:1:1:0:0, 0:1:1:1:1:1::", "2001:DB8:ABCD::, 2001:db8:abcd::", "::ffff:10.1.2.3, 10.1.2.3" })
	void ofReturnsCanonicalText(String address, String text) throws Exception {
		assertThat(AddressText.of(InetAddress.getByName(address))).isEqualTo(text);
	}

	@Test
	void ofWhenAddressHasNameOrZoneLeavesItOut() throws Exception {
		assertThat(AddressText.of(InetAddress.getByAddress("a.example.com", new byte[] { 10, 1, 2, 3 })))
			.isEqualTo("10.1.2.3");
		assertThat(AddressText.of(CidrTests.zoned("fe80::1"))).isEqualTo("fe80::1");
		assertThat(AddressText.of(CidrTests.mapped(10, 1, 2, 3))).isEqualTo("10.1.2.3");
	}

}
