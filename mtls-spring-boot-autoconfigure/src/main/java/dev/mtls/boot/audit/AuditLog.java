package dev.mtls.boot.audit;

import java.net.InetAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

import dev.mtls.address.AddressText;
import dev.mtls.boot.event.MtlsEventListener;
import dev.mtls.boot.event.RefusalFlood;
import dev.mtls.decision.PrintableText;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.event.TlsSession;
import dev.mtls.identity.PeerIdentity;

/**
 * Writes one line for each event to the logger {@value #LOGGER}: its fields in the text,
 * and as key-value pairs for structured formats. What lets in or changes is {@code INFO},
 * what refuses, cuts or warns is {@code WARN}. No field holds a key, a token, or a whole
 * certificate, and none can hold a line break.
 */
public final class AuditLog implements MtlsEventListener {

	/**
	 * The name of the logger.
	 */
	public static final String LOGGER = "mtls.audit";

	static final int LINES = 100;

	private static final Logger logger = LoggerFactory.getLogger(LOGGER);

	private final RefusalFlood flood = new RefusalFlood(LINES);

	@Override
	public void onEvent(MtlsEvent event) {
		Level level = levelOf(event);
		if (logger.isEnabledForLevel(level) && (!(event instanceof MtlsEvent.PeerRefused refused)
				|| this.flood.isWorthALine(refused.reason(), refused.time()))) {
			write(level, fields(event));
		}
	}

	/**
	 * Write the lines for refusals that were only counted and are due.
	 * @param now the time
	 */
	public void summarize(Instant now) {
		for (RefusalFlood.Counted counted : this.flood.counted(now)) {
			Fields fields = new Fields().add("event", "peers-refused");
			fields.add("reason", counted.reason().code()).add("number", counted.reason().number());
			fields.add("count", counted.count()).add("seconds", counted.within().toSeconds());
			write(Level.WARN, fields.values);
		}
	}

	private static void write(Level level, Map<String, Object> fields) {
		LoggingEventBuilder line = logger.atLevel(level);
		for (Map.Entry<String, Object> field : fields.entrySet()) {
			line = line.addKeyValue("mtls." + field.getKey(), field.getValue());
		}
		// As an argument, because a text with braces would be taken for a pattern
		line.log("{}", text(fields));
	}

	private static Level levelOf(MtlsEvent event) {
		boolean good = event instanceof MtlsEvent.PeerAdmitted || event instanceof MtlsEvent.Reloaded
				|| (event instanceof MtlsEvent.OcspAsked asked && asked.problem() == null);
		return good ? Level.INFO : Level.WARN;
	}

	private static Map<String, Object> fields(MtlsEvent event) {
		Fields fields = new Fields();
		if (event instanceof MtlsEvent.PeerAdmitted admitted) {
			fields.add("event", "peer-admitted").add("gate", admitted.gate());
			fields.peer(admitted.address(), admitted.identity()).add("rule", admitted.rule()).tls(admitted.tls());
		}
		else if (event instanceof MtlsEvent.PeerRefused refused) {
			fields.add("event", "peer-refused").add("gate", refused.gate());
			fields.peer(refused.address(), refused.identity())
				.reason(refused.reason(), refused.detail())
				.tls(refused.tls());
		}
		else if (event instanceof MtlsEvent.RefusalReported reported) {
			fields.add("event", "refusal-reported").add("gate", reported.gate());
			fields.peer(reported.address(), reported.identity())
				.reason(reported.reason(), reported.detail())
				.tls(reported.tls());
		}
		else if (event instanceof MtlsEvent.ConnectionCut cut) {
			fields.add("event", "connection-cut").add("gate", cut.gate());
			fields.peer(cut.address(), cut.identity()).reason(cut.reason(), cut.detail()).tls(cut.tls());
		}
		else if (event instanceof MtlsEvent.KillSwitchChanged changed) {
			fields.add("event", "kill-switch-changed").add("gate", changed.gate()).add("engaged", changed.engaged());
		}
		else if (event instanceof MtlsEvent.Reloaded reloaded) {
			fields.add("event", "reloaded").add("gate", reloaded.gate()).add("generation", reloaded.generation());
		}
		else if (event instanceof MtlsEvent.ReloadKept kept) {
			fields.add("event", "reload-kept").add("gate", kept.gate()).reason(kept.reason(), kept.message());
		}
		else if (event instanceof MtlsEvent.OcspAsked asked) {
			fields.add("event", "ocsp-asked").add("gate", asked.gate());
			fields.add("responder", asked.responder()).add("millis", asked.took().toMillis());
			fields.add("detail", asked.problem());
		}
		else if (event instanceof MtlsEvent.Warned warned) {
			fields.add("event", "warned").add("gate", warned.gate()).add("detail", warned.message());
		}
		return fields.values;
	}

	private static String text(Map<String, Object> fields) {
		return fields.entrySet()
			.stream()
			.map((field) -> "%s=%s".formatted(field.getKey(), quoted(field.getValue())))
			.collect(Collectors.joining(" "));
	}

	private static Object quoted(Object value) {
		return (value instanceof String text && text.chars().anyMatch((c) -> c == ' ' || c == '"' || c == '='))
				? "\"%s\"".formatted(text.replace("\\", "\\\\").replace("\"", "\\\"")) : value;
	}

	/**
	 * The fields of one line, those that are not known left out.
	 */
	private static final class Fields {

		private final Map<String, Object> values = new LinkedHashMap<>();

		private Fields add(String name, @Nullable Object value) {
			if (value instanceof Boolean || value instanceof Number) {
				this.values.put(name, value);
			}
			else if (value != null) {
				String text = value.toString();
				// What comes from a peer is escaped already, which must not be done twice
				this.values.put(name, text.chars().anyMatch(Character::isISOControl) ? PrintableText.of(text) : text);
			}
			return this;
		}

		private Fields peer(@Nullable InetAddress address, @Nullable PeerIdentity identity) {
			add("address", (address != null) ? AddressText.of(address) : null);
			return (identity != null)
					? add("identity", identity.displayName()).add("serial", identity.serialNumber().toString(16))
					: this;
		}

		private Fields reason(Reason reason, String detail) {
			return add("reason", reason.code()).add("number", reason.number()).add("detail", detail);
		}

		private Fields tls(@Nullable TlsSession tls) {
			return (tls != null)
					? add("protocol", tls.protocol()).add("cipher", tls.cipherSuite()).add("resumed", tls.resumed())
					: this;
		}

	}

}
