package dev.mtls.authority;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.util.IPAddress;
import org.jspecify.annotations.Nullable;

/**
 * Collects subject alternative names (RFC 5280, 4.2.1.6).
 */
final class SubjectAlternativeNames {

	private final List<GeneralName> names = new ArrayList<>();

	void dns(String... values) {
		addAll(GeneralName.dNSName, "DNS name", values);
	}

	void uri(String... values) {
		addAll(GeneralName.uniformResourceIdentifier, "URI", values);
	}

	void email(String... values) {
		addAll(GeneralName.rfc822Name, "e-mail address", values);
	}

	void ip(String... values) {
		for (String value : values) {
			if (!IPAddress.isValid(value)) {
				throw new IllegalArgumentException("'%s' is no IP address".formatted(value));
			}
			this.names.add(new GeneralName(GeneralName.iPAddress, value));
		}
	}

	@Nullable Extension toExtension(boolean critical) {
		if (this.names.isEmpty()) {
			return null;
		}
		try {
			return Extension.create(Extension.subjectAlternativeName, critical,
					new GeneralNames(this.names.toArray(GeneralName[]::new)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void addAll(int type, String description, String... values) {
		for (String value : values) {
			if (value.isEmpty() || !value.chars().allMatch((character) -> character < 0x80)) {
				throw new IllegalArgumentException("'%s' is no %s in ASCII".formatted(value, description));
			}
			this.names.add(new GeneralName(type, new DERIA5String(value)));
		}
	}

}
