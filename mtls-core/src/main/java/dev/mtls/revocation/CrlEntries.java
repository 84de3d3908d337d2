package dev.mtls.revocation;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Steps over the entries of a CRL, with no object per entry (RFC 5280, sections 5.1.2.6
 * and 5.3). Those of the usual form, a serial number, a date and at most a reason, are
 * told by a few comparisons, all others are walked through.
 */
final class CrlEntries {

	private static final int REASON_CODE = 21;

	private static final int HOLD_INSTRUCTION_CODE = 23;

	private static final int INVALIDITY_DATE = 24;

	private static final int CERTIFICATE_ISSUER = 29;

	private static final int REMOVE_FROM_CRL = 8;

	private static final VarHandle OCTETS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

	// Extensions that are a reason, not critical, but for its last octet
	private static final long REASON_START = 0x300c_300a_0603_551dL;

	private static final long REASON_END = 0x551d_1504_030a_01L;

	private static final int REASON_LENGTH = 14;

	private final byte[] der;

	private final int end;

	private int position;

	private final DerCursor entries;

	private final DerCursor entry;

	private final DerCursor extensions;

	private final DerCursor extension;

	private final DerCursor value;

	private int serialStart;

	private int serialEnd;

	private boolean removal;

	CrlEntries(byte[] der, CrlHeader.Part part) {
		this.der = der;
		this.position = part.start();
		this.end = part.end();
		this.entries = new DerCursor(der);
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
		if (this.position == this.end) {
			return false;
		}
		if (!readUsual()) {
			readEntry();
		}
		return true;
	}

	// Every length here is of one octet, and what it tells of must lie inside of the
	// entry
	private boolean readUsual() {
		int start = this.position;
		if (this.end - start < 4 || this.der[start] != DerCursor.SEQUENCE || this.der[start + 2] != DerCursor.INTEGER) {
			return false;
		}
		int length = this.der[start + 1];
		int serialLength = this.der[start + 3];
		if (length < 0 || length > this.end - start - 2 || serialLength < 1 || serialLength > SerialTable.MAX_LENGTH
				|| serialLength > length - 4 || !isMinimal(start + 4, serialLength)) {
			return false;
		}
		int entryEnd = start + 2 + length;
		int date = start + 4 + serialLength;
		int dateEnd = date + 2 + this.der[date + 1];
		if (!isTime(this.der[date]) || this.der[date + 1] < 0 || !isReasonOrNothing(dateEnd, entryEnd)) {
			return false;
		}
		this.serialStart = start + 4;
		this.serialEnd = date;
		this.removal = dateEnd != entryEnd && this.der[entryEnd - 1] == REMOVE_FROM_CRL;
		this.position = entryEnd;
		return true;
	}

	private boolean isMinimal(int start, int length) {
		return length == 1 || this.der[start] != this.der[start + 1] >> (Byte.SIZE - 1);
	}

	private boolean isReasonOrNothing(int start, int entryEnd) {
		return start == entryEnd
				|| (entryEnd - start == REASON_LENGTH && (long) OCTETS.get(this.der, start) == REASON_START
						&& (long) OCTETS.get(this.der, entryEnd - Long.BYTES) >>> Byte.SIZE == REASON_END);
	}

	private static boolean isTime(int tag) {
		return tag == DerCursor.UTC_TIME || tag == DerCursor.GENERALIZED_TIME;
	}

	private void readEntry() throws MalformedCrlException {
		this.entries.enter(this.position, this.end);
		this.entry.enter(this.entries.next(DerCursor.SEQUENCE));
		this.position = this.entries.contentEnd();
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
