package dev.mtls.cli.tunnel;

import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.support.EnvironmentPostProcessorApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

import dev.mtls.boot.autoconfigure.TunnelChecks;

/**
 * Refuses tunnels of a file as soon as it was read, where the application could not start
 * them either.
 */
final class ConfigChecks implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

	@Override
	public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
		new TunnelChecks(event.getEnvironment()).check().forEach(StartChecks::checkListener);
	}

	@Override
	public int getOrder() {
		return EnvironmentPostProcessorApplicationListener.DEFAULT_ORDER + 1;
	}

}
