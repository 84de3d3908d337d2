package dev.mtls.boot.autoconfigure;

import java.util.Map;
import java.util.Set;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.Environment;

/**
 * Binds properties that are no bean, of which a key that does not exist fails as it does
 * elsewhere.
 */
final class StrictProperties {

	private StrictProperties() {
	}

	/**
	 * Bind properties.
	 * @param <T> the type of the properties
	 * @param environment the environment
	 * @param prefix what their names begin with
	 * @param type the type of the properties
	 * @return the properties
	 */
	static <T> T bind(Environment environment, String prefix, Class<T> type) {
		// What people name may have capitals
		ConfigurationPropertyName name = ConfigurationPropertyName.adapt(prefix, '.');
		return Binder.get(environment)
			.bindOrCreate(name, Bindable.of(type),
					new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
	}

	/**
	 * The names of what is configured by name.
	 * @param environment the environment
	 * @param prefix what stands before the names
	 * @return the names
	 */
	static Set<String> names(Environment environment, String prefix) {
		return Binder.get(environment)
			.bind(prefix, Bindable.mapOf(String.class, Object.class))
			.orElse(Map.of())
			.keySet();
	}

}
