package dev.mtls.integration;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A server with some of the libraries that are optional.
 *
 * @param server the server
 * @param libraries the libraries that are on the class path
 */
record Combination(Server server, Set<Library> libraries) {

	private static final String STARTER = "dev.mtls:mtls-spring-boot-starter";

	Combination {
		libraries = Set.copyOf(libraries);
	}

	static Combination of(Server server, Library... libraries) {
		return new Combination(server, Set.of(libraries));
	}

	/**
	 * The class path of an application with the starter, this server and these libraries.
	 * @return the class path
	 */
	ClassPath classPath() {
		List<String> dependencies = new ArrayList<>(List.of(STARTER));
		Set<String> exclusions = new HashSet<>(this.server.exclusions);
		dependencies.addAll(this.server.dependencies);
		this.libraries.forEach((library) -> dependencies.addAll(library.dependencies));
		EnumSet.allOf(Library.class)
			.stream()
			.filter((library) -> !this.libraries.contains(library))
			.forEach((library) -> exclusions.addAll(library.exclusions));
		return ClassPath.of(dependencies, exclusions);
	}

	/**
	 * Types that have to be on the class path.
	 * @return their names
	 */
	List<String> present() {
		return Stream.concat(this.server.types.stream(), this.libraries.stream().map((library) -> library.type))
			.toList();
	}

	/**
	 * Types that must not be on the class path: of the other servers and libraries.
	 * @return their names
	 */
	List<String> absent() {
		Stream<String> servers = Stream.of(Server.values()).flatMap((server) -> server.types.stream());
		Stream<String> libraries = Stream.of(Library.values()).map((library) -> library.type);
		List<String> present = present();
		return Stream.concat(servers, libraries).distinct().filter((type) -> !present.contains(type)).toList();
	}

	/**
	 * This as a row of the table of {@code docs/compatibility.md}.
	 * @return the server, and for each of the libraries whether it is there
	 */
	String row() {
		return Stream
			.concat(Stream.of(this.server.title),
					Stream.of(Library.values()).map((library) -> this.libraries.contains(library) ? "yes" : "–"))
			.collect(Collectors.joining(" | ", "| ", " |"));
	}

	@Override
	public String toString() {
		return Stream.of(Library.values())
			.filter(this.libraries::contains)
			.map((library) -> library.name().toLowerCase(Locale.ROOT))
			.collect(Collectors.joining(", ", this.server.title + " (", ")"));
	}

	/**
	 * What serves the application.
	 */
	@SuppressWarnings("ImmutableEnumChecker") // It does not know what List.of and Set.of
												// make
	enum Server {

		TOMCAT("Tomcat", List.of("org.springframework.boot:spring-boot-starter-webmvc"), Set.of(),
				List.of("org.springframework.web.servlet.DispatcherServlet",
						"org.springframework.boot.tomcat.TomcatWebServer")),

		JETTY("Jetty",
				List.of("org.springframework.boot:spring-boot-starter-webmvc",
						"org.springframework.boot:spring-boot-starter-jetty"),
				Set.of("org.springframework.boot:spring-boot-starter-tomcat"),
				List.of("org.springframework.web.servlet.DispatcherServlet", "org.eclipse.jetty.server.Server")),

		NETTY("Netty", List.of("org.springframework.boot:spring-boot-starter-webflux"), Set.of(),
				List.of("org.springframework.web.reactive.DispatcherHandler", "reactor.netty.http.server.HttpServer",
						"io.netty.channel.Channel", "reactor.core.publisher.Mono")),

		WAR("WAR in Tomcat", List.of("org.springframework.boot:spring-boot-starter-webmvc"),
				Set.of("org.springframework.boot:spring-boot-starter-tomcat"),
				List.of("org.springframework.web.servlet.DispatcherServlet"));

		private final String title;

		private final List<String> dependencies;

		private final Set<String> exclusions;

		private final List<String> types;

		Server(String title, List<String> dependencies, Set<String> exclusions, List<String> types) {
			this.title = title;
			this.dependencies = dependencies;
			this.exclusions = exclusions;
			this.types = types;
		}

	}

	/**
	 * A library that an application may have or not.
	 */
	@SuppressWarnings("ImmutableEnumChecker") // It does not know what List.of and Set.of
												// make
	enum Library {

		SECURITY(List.of("org.springframework.boot:spring-boot-starter-security"), Set.of(),
				"org.springframework.security.config.annotation.web.builders.HttpSecurity", "mtlsSecurity"),

		ACTUATOR(List.of("org.springframework.boot:spring-boot-starter-actuator"), Set.of(),
				"org.springframework.boot.actuate.endpoint.annotation.Endpoint", "mtlsEndpoint"),

		/**
		 * Actuator comes with it.
		 */
		MICROMETER(List.of("org.springframework.boot:spring-boot-starter-micrometer-metrics"),
				Set.of("org.springframework.boot:spring-boot-starter-micrometer-metrics",
						"io.micrometer:micrometer-jakarta9"),
				"io.micrometer.core.instrument.MeterRegistry", "mtlsMetrics"),

		REACTOR(List.of("io.projectreactor:reactor-core"), Set.of(), "reactor.core.publisher.Mono", "");

		private final List<String> dependencies;

		private final Set<String> exclusions;

		private final String type;

		private final String bean;

		Library(List<String> dependencies, Set<String> exclusions, String type, String bean) {
			this.dependencies = dependencies;
			this.exclusions = exclusions;
			this.type = type;
			this.bean = bean;
		}

		/**
		 * How the names of the beans begin that are there with this library alone.
		 * @return the beginning, empty if it adds none
		 */
		String bean() {
			return this.bean;
		}

	}

}
