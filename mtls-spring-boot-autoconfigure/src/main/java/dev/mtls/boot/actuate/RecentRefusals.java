package dev.mtls.boot.actuate;

import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.address.AddressText;
import dev.mtls.boot.event.ImmediateEventListener;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.identity.PeerIdentity;

/**
 * Keeps the last {@value #SIZE} refusals, those of connections that were cut and those
 * that were only reported included.
 */
public final class RecentRefusals implements ImmediateEventListener {

	/**
	 * How many are kept.
	 */
	public static final int SIZE = 100;

	private final Deque<Refusal> refusals = new ArrayDeque<>(SIZE);

	@Override
	public void onEvent(MtlsEvent event) {
		if (event instanceof MtlsEvent.PeerRefused refused) {
			add(refused.time(), refused.gate(), "refused", refused.address(), refused.identity(), refused.reason(),
					refused.detail());
		}
		else if (event instanceof MtlsEvent.RefusalReported reported) {
			add(reported.time(), reported.gate(), "reported", reported.address(), reported.identity(),
					reported.reason(), reported.detail());
		}
		else if (event instanceof MtlsEvent.ConnectionCut cut) {
			add(cut.time(), cut.gate(), "cut", cut.address(), cut.identity(), cut.reason(), cut.detail());
		}
	}

	/**
	 * The refusals.
	 * @return the refusals that are kept, the latest first
	 */
	public List<Refusal> latest() {
		List<Refusal> latest;
		synchronized (this.refusals) {
			latest = new ArrayList<>(this.refusals);
		}
		Collections.reverse(latest);
		return latest;
	}

	private void add(Instant time, String gate, String outcome, @Nullable InetAddress address,
			@Nullable PeerIdentity identity, Reason reason, String detail) {
		Refusal refusal = new Refusal(time, gate, outcome, (address != null) ? AddressText.of(address) : null,
				(identity != null) ? identity.displayName() : null, reason.code(), reason.number(), detail,
				reason.fix(), reason.help());
		synchronized (this.refusals) {
			if (this.refusals.size() == SIZE) {
				this.refusals.removeFirst();
			}
			this.refusals.addLast(refusal);
		}
	}

	/**
	 * One refusal.
	 *
	 * @param time when
	 * @param gate the name of the gate
	 * @param outcome {@code refused}, {@code reported} or {@code cut}
	 * @param address the peer's address, or {@code null} where it is not known
	 * @param identity who the peer is, or {@code null} where that is not known
	 * @param reason why, by the reason's code
	 * @param number the number of the reason
	 * @param detail what a reader needs beside the reason
	 * @param fix what usually mends it
	 * @param help where the documentation tells more
	 */
	public record Refusal(Instant time, String gate, String outcome, @Nullable String address,
			@Nullable String identity, String reason, int number, String detail, String fix, String help) {

	}

}
