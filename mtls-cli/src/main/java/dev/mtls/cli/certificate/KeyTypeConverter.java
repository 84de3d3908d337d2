package dev.mtls.cli.certificate;

import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import dev.mtls.authority.KeyType;

/**
 * The names of key types on the command line.
 */
final class KeyTypeConverter implements ITypeConverter<KeyType> {

	private static final Map<String, KeyType> NAMES = new TreeMap<>(Map.of("ec", KeyType.EC_P256, "rsa",
			KeyType.RSA_3072, "rsa-2048", KeyType.RSA_2048, "ed25519", KeyType.ED25519));

	@Override
	public KeyType convert(String value) {
		KeyType type = NAMES.get(value);
		if (type == null) {
			throw new TypeConversionException(
					"'%s' is no type of key; use one of %s".formatted(value, String.join(", ", NAMES.keySet())));
		}
		return type;
	}

	/**
	 * What may be given, for completion.
	 */
	static final class Names extends ArrayList<String> {

		Names() {
			super(NAMES.keySet());
		}

	}

}
