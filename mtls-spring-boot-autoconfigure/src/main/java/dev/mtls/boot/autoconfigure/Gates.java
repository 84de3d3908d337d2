package dev.mtls.boot.autoconfigure;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

import dev.mtls.boot.bundle.BundleMaterial;
import dev.mtls.boot.event.MtlsEventMulticaster;
import dev.mtls.boot.gate.GateWalker;
import dev.mtls.boot.gate.RulesCustomizer;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.KillSwitch;
import dev.mtls.gate.Rules;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.gate.SnapshotSource;

/**
 * Opens every {@link Gate} of the application, over its own locations or over an SSL
 * bundle.
 */
final class Gates {

	private final ObjectProvider<SslBundles> sslBundles;

	private final ObjectProvider<RulesCustomizer> customizers;

	private final MtlsEventMulticaster events;

	private final KillSwitch killSwitch;

	private final GateWalker walker;

	Gates(ObjectProvider<SslBundles> sslBundles, ObjectProvider<RulesCustomizer> customizers,
			MtlsEventMulticaster events, KillSwitch killSwitch, GateWalker walker) {
		this.sslBundles = sslBundles;
		this.customizers = customizers;
		this.events = events;
		this.killSwitch = killSwitch;
		this.walker = walker;
	}

	Gate open(Function<SslOptions, GateSettings> settings, SnapshotLocations locations, @Nullable String bundle) {
		if (bundle == null) {
			return open(settings.apply(SslOptions.NONE), locations);
		}
		String property = locations.prefix() + ".bundle";
		if (locations.hasMaterial()) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "%s=%s".formatted(property, bundle),
					"a certificate, private key, key store or trust is set as well",
					"remove them, or remove the bundle");
		}
		SslBundles bundles = this.sslBundles.getObject();
		BundleMaterial material = new BundleMaterial(bundles, bundle, property);
		Gate gate = open(settings.apply(material.options()), locations.withMaterial(material));
		bundles.addBundleUpdateHandler(bundle, (updated) -> gate.reload());
		return gate;
	}

	private Gate open(GateSettings settings, SnapshotSource source) {
		Gate gate = Gate.builder(settings, source)
			.events(this.events)
			.killSwitch(this.killSwitch)
			.executor(this.walker)
			.rules((rules) -> customize(settings.name(), rules))
			.open();
		this.walker.add(gate);
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
