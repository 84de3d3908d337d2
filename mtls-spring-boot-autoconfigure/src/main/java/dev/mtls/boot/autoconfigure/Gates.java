package dev.mtls.boot.autoconfigure;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

import dev.mtls.boot.bundle.BundleMaterial;
import dev.mtls.boot.event.HandshakeLog;
import dev.mtls.boot.event.MtlsEventMulticaster;
import dev.mtls.boot.gate.GateRegistry;
import dev.mtls.boot.gate.GateReloader;
import dev.mtls.boot.gate.GateWalker;
import dev.mtls.boot.gate.RevocationExecutor;
import dev.mtls.boot.gate.RulesCustomizer;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.HandshakeTrace;
import dev.mtls.gate.KillSwitch;
import dev.mtls.gate.Rules;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.gate.SnapshotSource;

/**
 * Opens every {@link Gate} of the application, over its own locations or over an SSL
 * bundle.
 */
final class Gates implements GateOpener {

	private final ObjectProvider<SslBundles> sslBundles;

	private final ObjectProvider<RulesCustomizer> customizers;

	private final MtlsEventMulticaster events;

	private final KillSwitch killSwitch;

	private final GateWalker walker;

	private final GateReloader reloader;

	private final RevocationExecutor revocationExecutor;

	private final GateRegistry registry;

	private final HandshakeTrace trace = new HandshakeLog();

	Gates(ObjectProvider<SslBundles> sslBundles, ObjectProvider<RulesCustomizer> customizers,
			MtlsEventMulticaster events, KillSwitch killSwitch, GateWalker walker, GateReloader reloader,
			RevocationExecutor revocationExecutor, GateRegistry registry) {
		this.sslBundles = sslBundles;
		this.customizers = customizers;
		this.events = events;
		this.killSwitch = killSwitch;
		this.walker = walker;
		this.reloader = reloader;
		this.revocationExecutor = revocationExecutor;
		this.registry = registry;
	}

	@Override
	public Gate open(Function<SslOptions, GateSettings> settings, SnapshotLocations locations,
			@Nullable String bundle) {
		return open(settings, locations, bundle, this.killSwitch);
	}

	Gate open(Function<SslOptions, GateSettings> settings, SnapshotLocations locations, @Nullable String bundle,
			KillSwitch killSwitch) {
		if (bundle == null) {
			return open(settings.apply(SslOptions.NONE), locations, null, killSwitch);
		}
		String property = locations.prefix() + ".bundle";
		if (locations.hasMaterial()) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "%s=%s".formatted(property, bundle),
					"a certificate, private key, key store or trust is set as well",
					"remove them, or remove the bundle");
		}
		SslBundles bundles = this.sslBundles.getObject();
		BundleMaterial material = new BundleMaterial(bundles, bundle, property);
		Gate gate = open(settings.apply(material.options()), locations.withMaterial(material), bundle, killSwitch);
		bundles.addBundleUpdateHandler(bundle, (updated) -> gate.reload());
		return gate;
	}

	private Gate open(GateSettings settings, SnapshotSource source, @Nullable String bundle, KillSwitch killSwitch) {
		Gate gate = Gate.builder(settings, source)
			.events(this.events)
			.killSwitch(killSwitch)
			.executor(this.walker::execute)
			.revocationExecutor(this.revocationExecutor::execute)
			.trace(this.trace)
			.rules((rules) -> customize(settings.name(), rules))
			.open();
		this.walker.add(gate);
		this.reloader.add(gate::reload);
		this.registry.add(gate, bundle);
		return gate;
	}

	private Rules customize(String gate, Rules rules) {
		Rules customized = rules;
		for (RulesCustomizer customizer : this.customizers.orderedStream().toList()) {
			customized = customizer.customize(gate, customized);
		}
		return customized;
	}

}
