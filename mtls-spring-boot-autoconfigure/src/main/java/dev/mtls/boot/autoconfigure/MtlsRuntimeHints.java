package dev.mtls.boot.autoconfigure;

import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeHint;
import org.springframework.aot.hint.TypeReference;

/**
 * {@link RuntimeHintsRegistrar} for what is looked up by its name at run time, wherever
 * it is on the class path.
 */
final class MtlsRuntimeHints implements RuntimeHintsRegistrar {

	private static final List<String> OPTIONAL_TYPES = List.of("io.netty.handler.codec.haproxy.HAProxyMessage",
			"jakarta.servlet.ServletRequest", "org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints",
			"org.springframework.boot.web.server.context.WebServerApplicationContext",
			"org.springframework.web.socket.server.support.WebSocketHttpRequestHandler", "reactor.netty.Connection",
			"reactor.netty.http.server.HttpServerRequest");

	private static final String TOMCAT_PROTOCOL = "dev.mtls.boot.tomcat.MtlsHttp11NioProtocol";

	private static final String NETTY_ENGINE = "io.netty.handler.ssl.ReferenceCountedOpenSslEngine";

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		ReflectionHints reflection = hints.reflection();
		OPTIONAL_TYPES.forEach((type) -> reflection.registerTypeIfPresent(classLoader, type));
		reflection.registerTypeIfPresent(classLoader, "org.apache.coyote.http11.Http11NioProtocol",
				(tomcat) -> registerTomcat(reflection));
		reflection.registerTypeIfPresent(classLoader, NETTY_ENGINE, (engine) -> engine.withField("receivedShutdown"));
		registerVirtualThreads(reflection);
		registerNamedGroups(reflection);
	}

	// Tomcat sets its properties by their names as well
	private static void registerTomcat(ReflectionHints hints) {
		hints.registerType(TypeReference.of(TOMCAT_PROTOCOL), MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS,
				MemberCategory.INVOKE_PUBLIC_METHODS);
	}

	private static void registerVirtualThreads(ReflectionHints hints) {
		hints.registerType(TypeReference.of("java.lang.Thread"), (type) -> withMethod(type, "ofVirtual"));
		hints.registerType(TypeReference.of("java.lang.Thread$Builder"), (type) -> {
			withMethod(type, "name", "java.lang.String", "long");
			withMethod(type, "factory");
		});
	}

	private static void registerNamedGroups(ReflectionHints hints) {
		hints.registerType(TypeReference.of("javax.net.ssl.SSLParameters"), (type) -> {
			withMethod(type, "getNamedGroups");
			withMethod(type, "setNamedGroups", "java.lang.String[]");
		});
	}

	private static void withMethod(TypeHint.Builder type, String name, String... parameters) {
		type.withMethod(name, Stream.of(parameters).map(TypeReference::of).toList(), ExecutableMode.INVOKE);
	}

}
