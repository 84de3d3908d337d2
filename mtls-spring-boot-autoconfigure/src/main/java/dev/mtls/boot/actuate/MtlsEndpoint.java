package dev.mtls.boot.actuate;

import java.net.InetAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

import dev.mtls.boot.gate.GateRegistry;
import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.gate.Explanation;
import dev.mtls.gate.Gate;
import dev.mtls.gate.KillSwitch;
import dev.mtls.gate.ReloadStatus;

/**
 * The endpoint {@code mtls}: what is in force at each gate, who is connected, and who was
 * refused and why. With unrestricted access it also engages the kill switch, reloads, and
 * explains what a gate would say of a peer.
 */
@WebEndpoint(id = "mtls", defaultAccess = Access.READ_ONLY)
public final class MtlsEndpoint {

	private static final int CONFLICT = 409;

	private final GateRegistry gates;

	private final KillSwitch killSwitch;

	private final RecentRefusals refusals;

	private final EventCounts counts;

	private final InstantSource clock;

	private final boolean reachableWhenKilled;

	/**
	 * Create the endpoint.
	 * @param gates the gates
	 * @param killSwitch the kill switch
	 * @param refusals the last refusals
	 * @param counts what happened
	 * @param clock the clock
	 * @param reachableWhenKilled whether this endpoint can be reached while the kill
	 * switch is engaged; where it cannot, it does not engage it
	 */
	public MtlsEndpoint(GateRegistry gates, KillSwitch killSwitch, RecentRefusals refusals, EventCounts counts,
			InstantSource clock, boolean reachableWhenKilled) {
		this.gates = gates;
		this.killSwitch = killSwitch;
		this.refusals = refusals;
		this.counts = counts;
		this.clock = clock;
		this.reachableWhenKilled = reachableWhenKilled;
	}

	/**
	 * Describe everything.
	 * @return the description
	 */
	@ReadOperation
	public MtlsDescriptor describe() {
		Instant now = this.clock.instant();
		Map<String, GateDescriptor> described = new TreeMap<>();
		for (Gate gate : this.gates.gates()) {
			String name = gate.settings().name();
			described.put(name, GateDescriptor.of(gate, this.counts.of(name), now));
		}
		return new MtlsDescriptor(this.killSwitch.isEngaged(), described, this.refusals.latest());
	}

	/**
	 * Do something.
	 * @param operation {@code kill-switch}, {@code reload} or {@code explain}
	 * @param engaged whether to engage the kill switch
	 * @param gate the gate to explain, {@code server} if {@code null}
	 * @param certificate the certificates of the peer to explain in PEM, its own first;
	 * {@code null} for a peer without
	 * @param address the address of the peer to explain, or {@code null} to leave it out
	 * @return what came of it
	 */
	@WriteOperation
	@RegisterReflectionForBinding({ ReloadDescriptor.class, ExplanationDescriptor.class })
	public WebEndpointResponse<?> operate(@Selector String operation, @Nullable Boolean engaged, @Nullable String gate,
			@Nullable String certificate, @Nullable String address) {
		return switch (operation) {
			case "kill-switch" -> switchTo(engaged);
			case "reload" -> new WebEndpointResponse<>(reload());
			case "explain" -> explain((gate != null) ? gate : "server", certificate, address);
			default -> new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
		};
	}

	private WebEndpointResponse<?> switchTo(@Nullable Boolean engaged) {
		if (engaged == null) {
			return problem(WebEndpointResponse.STATUS_BAD_REQUEST,
					"engaged is missing; send {\"engaged\": true} or {\"engaged\": false}");
		}
		if (engaged && !this.reachableWhenKilled) {
			return problem(CONFLICT,
					"the kill switch would refuse whoever wants to release it, because this endpoint is on the port of the application; "
							+ "set management.server.port, or engage it by the file that mtls.kill-switch names");
		}
		this.killSwitch.set(engaged);
		return new WebEndpointResponse<>(Map.of("engaged", this.killSwitch.isEngaged()));
	}

	private Map<String, ReloadDescriptor> reload() {
		Map<String, ReloadDescriptor> reloads = new LinkedHashMap<>();
		for (Gate gate : this.gates.gates()) {
			boolean changed = gate.reload();
			ReloadStatus status = gate.reloadStatus();
			reloads.put(gate.settings().name(), new ReloadDescriptor(changed, gate.generation(),
					(status.failure() != null) ? String.valueOf(status.failure().getMessage()) : null));
		}
		return reloads;
	}

	private WebEndpointResponse<?> explain(String name, @Nullable String certificate, @Nullable String address) {
		Gate gate = this.gates.find(name).orElse(null);
		if (gate == null) {
			return problem(WebEndpointResponse.STATUS_NOT_FOUND, "there is no such gate; there are %s"
				.formatted(this.gates.gates().stream().map((any) -> any.settings().name()).toList()));
		}
		try {
			InetAddress of = (address != null) ? ExplainedPeer.address(address) : null;
			Explanation explanation = gate.explain(ExplainedPeer.chain(certificate), of);
			return new WebEndpointResponse<>(ExplanationDescriptor.of(explanation));
		}
		catch (MtlsException ex) {
			return problem(WebEndpointResponse.STATUS_BAD_REQUEST, String.valueOf(ex.getMessage()));
		}
	}

	private static WebEndpointResponse<Map<String, String>> problem(int status, String detail) {
		return new WebEndpointResponse<>(Map.of("detail", detail), status);
	}

	/**
	 * Everything that is described.
	 *
	 * @param killSwitchEngaged whether every peer is refused
	 * @param gates the gates by their names
	 * @param refusals the last refusals, the latest first
	 */
	public record MtlsDescriptor(boolean killSwitchEngaged, Map<String, GateDescriptor> gates,
			List<RecentRefusals.Refusal> refusals) {

	}

	/**
	 * What came of a reload.
	 *
	 * @param changed whether anything was replaced
	 * @param generation the number of the generation that is current now
	 * @param error why what is there cannot be loaded, or {@code null}
	 */
	public record ReloadDescriptor(boolean changed, long generation, @Nullable String error) {

	}

	/**
	 * What a gate would say of a peer.
	 *
	 * @param allowed whether it gets in
	 * @param rule the rule that says so, or {@code null}
	 * @param reason why it does not, by the reason's code, or {@code null}
	 * @param detail what a reader needs beside the reason, or {@code null}
	 * @param fix what usually mends it, or {@code null}
	 * @param help where the documentation tells more, or {@code null}
	 * @param steps what was looked at
	 */
	public record ExplanationDescriptor(boolean allowed, @Nullable String rule, @Nullable String reason,
			@Nullable String detail, @Nullable String fix, @Nullable String help, List<Explanation.Step> steps) {

		static ExplanationDescriptor of(Explanation explanation) {
			if (explanation.decision() instanceof Decision.Deny denial) {
				return new ExplanationDescriptor(false, null, denial.reason().code(), denial.detail(),
						denial.reason().fix(), denial.reason().help(), explanation.steps());
			}
			return new ExplanationDescriptor(true, ((Decision.Allow) explanation.decision()).rule(), null, null, null,
					null, explanation.steps());
		}

	}

}
