package dev.mtls.boot.tcp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.TcpConnectionHandler;

/**
 * Finds the bean that handles the connections of each TCP server: the one that
 * {@link MtlsTcpListener @MtlsTcpListener} gives it, else the one of its name. A handler
 * that no server has, and a server that no handler has, fail the start.
 */
public final class TcpConnectionHandlers implements SmartInitializingSingleton {

	static final String PREFIX = "mtls.tcp.servers";

	private final ListableBeanFactory beanFactory;

	private final Map<String, Boolean> servers;

	/**
	 * Create it.
	 * @param beanFactory has the handlers
	 * @param servers the names of the servers, and whether each is enabled
	 */
	public TcpConnectionHandlers(ListableBeanFactory beanFactory, Map<String, Boolean> servers) {
		this.beanFactory = beanFactory;
		this.servers = new TreeMap<>(servers);
	}

	/**
	 * Check that there is a handler for each server, and a server for each annotation.
	 * @throws MtlsException if not
	 */
	@Override
	public void afterSingletonsInstantiated() {
		if (!this.servers.isEmpty()) {
			checkTypes();
		}
		Map<String, String> annotated = annotated();
		annotated.forEach(this::checkServer);
		this.servers.forEach((server, enabled) -> {
			if (enabled) {
				beanName(server, annotated);
			}
		});
	}

	/**
	 * The handler of a server.
	 * @param server the name of the server
	 * @return the handler
	 * @throws MtlsException if there is none
	 */
	TcpConnectionHandler get(String server) {
		return this.beanFactory.getBean(beanName(server, annotated()), TcpConnectionHandler.class);
	}

	private String beanName(String server, Map<String, String> annotated) {
		String name = annotated.get(server);
		if (name != null) {
			return name;
		}
		if (this.beanFactory.containsBean(server) && this.beanFactory.isTypeMatch(server, TcpConnectionHandler.class)
				&& listener(server) == null) {
			return server;
		}
		throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s.%s".formatted(PREFIX, server),
				"there is no bean that handles its connections",
				("define a bean of type TcpConnectionHandler that is annotated with @MtlsTcpListener(\"%s\") or named "
						+ "'%s', or set %s.%s.enabled=false")
					.formatted(server, server, PREFIX, server));
	}

	// By the name of the server that of the bean
	private Map<String, String> annotated() {
		Map<String, String> annotated = new TreeMap<>();
		for (String name : this.beanFactory.getBeanNamesForType(TcpConnectionHandler.class)) {
			MtlsTcpListener listener = listener(name);
			if (listener == null) {
				continue;
			}
			String other = annotated.putIfAbsent(listener.value(), name);
			if (other != null) {
				throw new MtlsException(Reason.CONFIGURATION_CONFLICT, place(listener.value()),
						"the beans '%s' and '%s' both are to handle the connections of that server".formatted(other,
								name),
						"remove one of the annotations, or name another server in it");
			}
		}
		return annotated;
	}

	private void checkServer(String server, String bean) {
		if (!this.servers.containsKey(server)) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, place(server),
					"there is no TCP server of that name for the bean '%s', %s".formatted(bean,
							this.servers.isEmpty() ? "because no TCP server is configured"
									: "only " + String.join(", ", this.servers.keySet())),
					"set %s.%s.listen, or correct the name".formatted(PREFIX, server));
		}
	}

	private void checkTypes() {
		List<String> others = new ArrayList<>(
				new TreeSet<>(List.of(this.beanFactory.getBeanNamesForAnnotation(MtlsTcpListener.class))));
		others.removeAll(List.of(this.beanFactory.getBeanNamesForType(TcpConnectionHandler.class)));
		if (!others.isEmpty()) {
			MtlsTcpListener listener = listener(others.get(0));
			throw new MtlsException(Reason.CONFIGURATION_INVALID, place((listener != null) ? listener.value() : ""),
					"the bean '%s' is no TcpConnectionHandler, so that it can handle no connection"
						.formatted(others.get(0)),
					"have it implement TcpConnectionHandler, or remove the annotation");
		}
	}

	private @Nullable MtlsTcpListener listener(String bean) {
		return this.beanFactory.findAnnotationOnBean(bean, MtlsTcpListener.class);
	}

	private static String place(String server) {
		return "@MtlsTcpListener(\"%s\")".formatted(server);
	}

}
