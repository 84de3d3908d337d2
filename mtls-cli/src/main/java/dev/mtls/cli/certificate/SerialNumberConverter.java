package dev.mtls.cli.certificate;

import java.math.BigInteger;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads serial numbers as they are shown here, by browsers and by OpenSSL.
 */
final class SerialNumberConverter implements ITypeConverter<BigInteger> {

	// RFC 5280, section 4.1.2.2: 20 octets
	private static final int MAX_DIGITS = 40;

	@Override
	public BigInteger convert(String value) {
		String digits = value.replaceFirst("^0[xX]", "").replace(":", "");
		if (!digits.matches("[0-9A-Fa-f]{1," + MAX_DIGITS + "}")) {
			throw new TypeConversionException("'%s' is no serial number in hexadecimal digits".formatted(value));
		}
		return new BigInteger(digits, 16);
	}

}
