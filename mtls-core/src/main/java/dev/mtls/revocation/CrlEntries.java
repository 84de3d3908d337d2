package dev.mtls.revocation;

/**
 * Steps over the entries of a CRL, with no object per entry (RFC 5280, sections 5.1.2.6
 * and 5.3).
 */
final class CrlEntries {

	private static final int REASON_CODE = 21;

	private static final int HOLD_INSTRUCTION_CODE = 23;

	private static final int INVALIDITY_DATE = 24;

	private static final int CERTIFICATE_ISSUER = 29;

	private static final int REMOVE_FROM_CRL = 8;

	private final DerCursor entries;

	private final DerCursor entry;

	private final DerCursor extensions;

	private final DerCursor extension;

	private final DerCursor value;

	private int serialStart;

	private int serialEnd;

	private boolean removal;

	CrlEntries(byte[] der, CrlHeader.Part part) {
		this.entries = new DerCursor(der, part.start(), part.end());
		this.entry = new DerCursor(der);
		this.extensions = new DerCursor(der);
		this.extension = new DerCursor(der);
		this.value = new DerCursor(der);
	}

	/**
	 * Step to the next entry.
	 * @return {@code false} if there is none
	 * @throws MalformedCrlException if it is malformed, or one that makes the whole CRL
	 * unusable
	 */
	boolean next() throws MalformedCrlException {
		if (!this.entries.hasNext()) {
			return false;
		}
		this.entry.enter(this.entries.next(DerCursor.SEQUENCE));
		this.entry.next(DerCursor.INTEGER).minimal(SerialTable.MAX_LENGTH);
		this.serialStart = this.entry.contentStart();
		this.serialEnd = this.entry.contentEnd();
		// The revocation date is not kept, so its form does not matter
		this.entry.next(
				(this.entry.nextTag() == DerCursor.GENERALIZED_TIME) ? DerCursor.GENERALIZED_TIME : DerCursor.UTC_TIME);
		this.removal = false;
		if (this.entry.hasNext()) {
			this.extensions.enter(this.entry.next(DerCursor.SEQUENCE));
			this.entry.end();
			readExtensions();
		}
		return true;
	}

	int serialStart() {
		return this.serialStart;
	}

	int serialEnd() {
		return this.serialEnd;
	}

	/**
	 * Whether the entry of a delta CRL says that the certificate is not revoked any more.
	 * @return {@code true} if so
	 */
	boolean isRemoval() {
		return this.removal;
	}

	private void readExtensions() throws MalformedCrlException {
		boolean reasonSeen = false;
		while (this.extensions.hasNext()) {
			this.extension.enter(this.extensions.next(DerCursor.SEQUENCE));
			int arc = this.extension.next(DerCursor.OBJECT_IDENTIFIER).extensionArc();
			switch (arc) {
				case REASON_CODE -> {
					if (reasonSeen) {
						throw new MalformedCrlException("an entry has two reasons");
					}
					reasonSeen = true;
					skipCritical();
					readReason();
				}
				case HOLD_INSTRUCTION_CODE, INVALIDITY_DATE -> {
					skipCritical();
					this.extension.next(DerCursor.OCTET_STRING);
				}
				case CERTIFICATE_ISSUER ->
					throw new MalformedCrlException("it is an indirect CRL: an entry names another issuer");
				default -> readUnknown();
			}
			this.extension.end();
		}
	}

	private void readReason() throws MalformedCrlException {
		this.value.enter(this.extension.next(DerCursor.OCTET_STRING));
		this.value.next(DerCursor.ENUMERATED).minimal(1);
		this.removal = this.value.der()[this.value.contentStart()] == REMOVE_FROM_CRL;
		this.value.end();
	}

	private void readUnknown() throws MalformedCrlException {
		int start = this.extension.start();
		if (skipCritical()) {
			String oid = new DerCursor(this.extension.der(), start, this.extension.start())
				.next(DerCursor.OBJECT_IDENTIFIER)
				.objectIdentifier();
			throw new MalformedCrlException("the critical extension %s of an entry is not supported".formatted(oid));
		}
		this.extension.next(DerCursor.OCTET_STRING);
	}

	private boolean skipCritical() throws MalformedCrlException {
		return this.extension.nextTag() == DerCursor.BOOLEAN && this.extension.next(DerCursor.BOOLEAN).isTrue();
	}

}
