package dev.mtls.cli.certificate;

import java.security.cert.CRLReason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The names of reasons for a revocation on the command line: those of RFC 5280, section
 * 5.3.1, but {@code certificateHold} and {@code removeFromCRL}, which take it back.
 */
final class ReasonConverter implements ITypeConverter<CRLReason> {

	private static final Map<String, CRLReason> NAMES = new LinkedHashMap<>();

	static {
		for (CRLReason reason : List.of(CRLReason.UNSPECIFIED, CRLReason.KEY_COMPROMISE, CRLReason.CA_COMPROMISE,
				CRLReason.AFFILIATION_CHANGED, CRLReason.SUPERSEDED, CRLReason.CESSATION_OF_OPERATION,
				CRLReason.PRIVILEGE_WITHDRAWN)) {
			NAMES.put(RevocationList.nameOf(reason), reason);
		}
	}

	@Override
	public CRLReason convert(String value) {
		CRLReason reason = NAMES.get(value);
		if (reason == null) {
			throw new TypeConversionException(
					"'%s' is no reason; use one of %s".formatted(value, String.join(", ", NAMES.keySet())));
		}
		return reason;
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
