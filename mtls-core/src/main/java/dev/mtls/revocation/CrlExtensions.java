package dev.mtls.revocation;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The extensions of a CRL (RFC 5280, section 5.2).
 *
 * @param number the CRL number, or {@code null}
 * @param baseNumber the number of the CRL from which on this delta CRL tells changes, or
 * {@code null} if it is complete
 * @param issuerKey the identifier of the key that signed it, or {@code null}
 * @param scope the certificates that it tells of
 * @param unsupported what asks for more than is done here, or {@code null}
 */
record CrlExtensions(@Nullable BigInteger number, @Nullable BigInteger baseNumber, @Nullable ByteBuffer issuerKey,
		CrlScope scope, @Nullable String unsupported) {

	static final CrlExtensions NONE = new CrlExtensions(null, null, null, CrlScope.ALL, null);

	Optional<String> problem() {
		if (this.unsupported != null) {
			return Optional.of(this.unsupported);
		}
		return (this.baseNumber != null && this.number == null) ? Optional.of("it is a delta CRL without a number")
				: Optional.empty();
	}

	static CrlExtensions read(DerCursor extensions) throws MalformedCrlException {
		Reader reader = new Reader();
		while (extensions.hasNext()) {
			DerCursor extension = extensions.next(DerCursor.SEQUENCE).content();
			extension.next(DerCursor.OBJECT_IDENTIFIER);
			int arc = extension.extensionArc();
			String oid = extension.objectIdentifier();
			boolean critical = extension.nextTag() == DerCursor.BOOLEAN && extension.next(DerCursor.BOOLEAN).isTrue();
			DerCursor value = extension.next(DerCursor.OCTET_STRING).content();
			extension.end();
			reader.read(arc, oid, critical, value);
		}
		return new CrlExtensions(reader.number, reader.baseNumber, reader.issuerKey, reader.scope, reader.unsupported);
	}

	/**
	 * Collects what the extensions say.
	 */
	private static final class Reader {

		private static final int CRL_NUMBER = 20;

		private static final int DELTA_CRL_INDICATOR = 27;

		private static final int ISSUING_DISTRIBUTION_POINT = 28;

		private static final int AUTHORITY_KEY_IDENTIFIER = 35;

		// RFC 5280, 5.2.3
		private static final int MAX_NUMBER_LENGTH = 20;

		private static final int TAG_NUMBER = 0x1f;

		private final Set<String> seen = new HashSet<>();

		private @Nullable BigInteger number;

		private @Nullable BigInteger baseNumber;

		private @Nullable ByteBuffer issuerKey;

		private CrlScope scope = CrlScope.ALL;

		private @Nullable String unsupported;

		void read(int arc, String oid, boolean critical, DerCursor value) throws MalformedCrlException {
			if (!this.seen.add(oid)) {
				throw new MalformedCrlException("extension %s is there twice".formatted(oid));
			}
			switch (arc) {
				case CRL_NUMBER -> this.number = number(value);
				case DELTA_CRL_INDICATOR -> this.baseNumber = number(value);
				case ISSUING_DISTRIBUTION_POINT -> readScope(only(value));
				case AUTHORITY_KEY_IDENTIFIER -> this.issuerKey = keyIdentifier(only(value));
				default -> {
					if (critical) {
						this.unsupported = "its critical extension %s is not supported".formatted(oid);
					}
				}
			}
		}

		private void readScope(DerCursor point) throws MalformedCrlException {
			CrlScope.Kind kind = CrlScope.Kind.ALL;
			Set<ByteBuffer> names = Set.of();
			int last = DerCursor.NONE;
			while (point.hasNext()) {
				int tag = point.nextTag();
				point.next(tag);
				if ((tag & TAG_NUMBER) <= last) {
					throw new MalformedCrlException("its issuing distribution point is not in order");
				}
				last = tag & TAG_NUMBER;
				switch (tag) {
					case 0xa0 -> names = names(point);
					case 0x81 -> kind = point.isTrue() ? CrlScope.Kind.USER_CERTIFICATES : kind;
					case 0x82 -> kind = point.isTrue() ? caCertificates(kind) : kind;
					case 0x83 -> this.unsupported = "it tells of some reasons of revocation only";
					case 0x84 -> refuseIf(point.isTrue(), "it is an indirect CRL");
					case 0x85 -> refuseIf(point.isTrue(), "it tells of attribute certificates only");
					default -> throw new MalformedCrlException("its issuing distribution point is malformed");
				}
			}
			this.scope = new CrlScope(kind, names);
		}

		private Set<ByteBuffer> names(DerCursor point) throws MalformedCrlException {
			Set<ByteBuffer> names = CrlScope.names(point.content());
			refuseIf(names.isEmpty(), "its distribution point has a name relative to the issuer");
			return names;
		}

		private CrlScope.Kind caCertificates(CrlScope.Kind kind) {
			refuseIf(kind != CrlScope.Kind.ALL, "it tells of user certificates only and of CA certificates only");
			return CrlScope.Kind.CA_CERTIFICATES;
		}

		private void refuseIf(boolean condition, String problem) {
			if (condition) {
				this.unsupported = problem;
			}
		}

		private static BigInteger number(DerCursor value) throws MalformedCrlException {
			BigInteger number = value.next(DerCursor.INTEGER).integer(MAX_NUMBER_LENGTH + 1);
			value.end();
			return number;
		}

		private static DerCursor only(DerCursor value) throws MalformedCrlException {
			DerCursor content = value.next(DerCursor.SEQUENCE).content();
			value.end();
			return content;
		}

		private static @Nullable ByteBuffer keyIdentifier(DerCursor identifier) throws MalformedCrlException {
			return (identifier.nextTag() == 0x80) ? ByteBuffer.wrap(identifier.next(0x80).bytes()) : null;
		}

	}

}
