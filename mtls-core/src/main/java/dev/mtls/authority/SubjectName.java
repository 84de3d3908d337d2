package dev.mtls.authority;

import java.util.ArrayList;
import java.util.List;

import javax.security.auth.x500.X500Principal;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.jspecify.annotations.Nullable;

/**
 * Collects the parts of a distinguished name, or takes a whole one.
 */
final class SubjectName {

	private final List<String> organizationalUnits = new ArrayList<>();

	private @Nullable String organization;

	private @Nullable String commonName;

	private @Nullable X500Name whole;

	void replaceWith(String distinguishedName) {
		this.whole = X500Name.getInstance(new X500Principal(distinguishedName).getEncoded());
	}

	void organization(String name) {
		this.organization = name;
		this.whole = null;
	}

	void organizationalUnits(String... names) {
		this.organizationalUnits.addAll(List.of(names));
		this.whole = null;
	}

	void commonName(String name) {
		this.commonName = name;
		this.whole = null;
	}

	boolean isEmpty() {
		return toX500Name().size() == 0;
	}

	X500Name toX500Name() {
		if (this.whole != null) {
			return this.whole;
		}
		X500NameBuilder name = new X500NameBuilder(BCStyle.INSTANCE);
		if (this.organization != null) {
			name.addRDN(BCStyle.O, this.organization);
		}
		this.organizationalUnits.forEach((unit) -> name.addRDN(BCStyle.OU, unit));
		if (this.commonName != null) {
			name.addRDN(BCStyle.CN, this.commonName);
		}
		return name.build();
	}

}
