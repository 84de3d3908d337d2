package dev.mtls.gate;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.identity.PeerIdentity;

/**
 * What stands at one gate, from the first byte of a handshake to the end of a connection,
 * and how much of it may.
 */
final class Connections {

	private static final long IPV4_PREFIX = 0xffff_0000_0000L;

	private final Set<PendingHandshake> handshakes = ConcurrentHashMap.newKeySet();

	private final Set<LiveConnection> live = ConcurrentHashMap.newKeySet();

	private final Counts<Boolean> total;

	private final Counts<Long> perAddress;

	private final Counts<String> perIdentity;

	private final HandshakeRates rates;

	Connections(ConnectionLimits limits) {
		this.total = new Counts<>(limits.connections());
		this.perAddress = new Counts<>(limits.connectionsPerAddress());
		this.perIdentity = new Counts<>(limits.connectionsPerIdentity());
		this.rates = new HandshakeRates(limits.handshakesPerSecond());
	}

	/**
	 * Decide whether one more handshake may begin, and count it.
	 * @param address the peer's address
	 * @param millis the current time
	 * @return the denial, or {@code null} if it may
	 */
	Decision.@Nullable Deny denialFor(InetAddress address, long millis) {
		long block = blockOf(address);
		if (this.total.isFull(true)) {
			return tooManyInAll();
		}
		if (this.perAddress.isFull(block)) {
			return tooManyFromAddress();
		}
		return this.rates.tryAdd(block, Math.floorDiv(millis, 1000L)) ? null
				: new Decision.Deny(Reason.HANDSHAKE_RATE, "the address began too many handshakes in this second");
	}

	/**
	 * Add a handshake that has begun. Several may have begun since each was asked for, so
	 * that there may be too many of them now.
	 * @param handshake the handshake
	 * @return the denial, or {@code null} if it may go on
	 */
	Decision.@Nullable Deny add(PendingHandshake handshake) {
		this.handshakes.add(handshake);
		boolean fits = this.total.add(true);
		boolean fitsAddress = addAddress(handshake.address());
		if (!fits) {
			return tooManyInAll();
		}
		return fitsAddress ? null : tooManyFromAddress();
	}

	void remove(PendingHandshake handshake) {
		if (this.handshakes.remove(handshake)) {
			this.total.remove(true);
			removeAddress(handshake.address());
		}
	}

	/**
	 * Add a connection whose handshake is complete and which counted as such until now.
	 * @param connection the connection
	 * @return the denial, or {@code null} if it may stand
	 */
	Decision.@Nullable Deny add(LiveConnection connection) {
		this.live.add(connection);
		this.total.add(true);
		addAddress(connection.address());
		PeerIdentity identity = connection.identity();
		if (identity == null || this.perIdentity.add(identity.displayName())) {
			return null;
		}
		return new Decision.Deny(Reason.CONNECTION_LIMIT,
				"the peer has %d connections already, which is the limit".formatted(this.perIdentity.limit()));
	}

	void remove(LiveConnection connection) {
		if (this.live.remove(connection)) {
			this.total.remove(true);
			removeAddress(connection.address());
			PeerIdentity identity = connection.identity();
			if (identity != null) {
				this.perIdentity.remove(identity.displayName());
			}
		}
	}

	Collection<LiveConnection> live() {
		return Collections.unmodifiableSet(this.live);
	}

	void walk(long millis) {
		this.live.forEach(LiveConnection::isAdmitted);
		this.handshakes.forEach((handshake) -> handshake.closeIfOverdue(millis));
	}

	private boolean addAddress(@Nullable InetAddress address) {
		return address == null || this.perAddress.add(blockOf(address));
	}

	private void removeAddress(@Nullable InetAddress address) {
		if (address != null) {
			this.perAddress.remove(blockOf(address));
		}
	}

	private Decision.Deny tooManyInAll() {
		return new Decision.Deny(Reason.CONNECTION_LIMIT,
				"there are %d connections already, which is the limit".formatted(this.total.limit()));
	}

	private Decision.Deny tooManyFromAddress() {
		return new Decision.Deny(Reason.CONNECTION_LIMIT,
				"the address has %d connections already, which is the limit".formatted(this.perAddress.limit()));
	}

	// IPv6 below 0::/16 is reserved (RFC 4291, section 2.4), so that no IPv4 address
	// meets
	// a network of IPv6 there
	private static long blockOf(InetAddress address) {
		ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
		return (address instanceof Inet4Address) ? IPV4_PREFIX | (bytes.getInt() & 0xffff_ffffL) : bytes.getLong();
	}

}
