package dev.mtls.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The tunnels that are compared. All of them speak TLS 1.3 with the same cipher suite,
 * and each end asks for the certificate of the other.
 */
enum ComparedTunnel implements TunnelProgram {

	/**
	 * Ours.
	 */
	MTLS {

		@Override
		@Nullable String missing() {
			return Files.isReadable(JAR) ? null : "there is no %s".formatted(JAR);
		}

		@Override
		public List<String> command(TunnelEnd end) {
			List<String> command = new ArrayList<>(List.of(JAR.resolveSibling("mtls").toString(), "tunnel", end.role(),
					"--listen", "127.0.0.1:" + end.listen(), "--target", "127.0.0.1:" + end.target(), "--cert",
					end.files().certificate().toString(), "--key", end.files().privateKey().toString(), "--ca",
					end.anchor().toString()));
			command.addAll(end.server() ? List.of("--allow-dns", "client.example.com")
					: List.of("--server-name", "localhost", "--verify-dns", "localhost"));
			return command;
		}

	},

	/**
	 * HAProxy, which passes TCP on.
	 */
	HAPROXY {

		@Override
		@Nullable String missing() {
			return (find("haproxy") != null) ? null : "haproxy is not installed";
		}

		@Override
		public List<String> command(TunnelEnd end) throws IOException {
			String options = "crt %s ca-file %s verify required".formatted(pem(end), end.anchor());
			Path configuration = end.directory().resolve("haproxy-%s.cfg".formatted(end.role()));
			Files.writeString(configuration, """
					global
					  maxconn 8000
					  ssl-default-bind-options ssl-min-ver TLSv1.3
					  ssl-default-server-options ssl-min-ver TLSv1.3
					  ssl-default-bind-ciphersuites %1$s
					  ssl-default-server-ciphersuites %1$s
					defaults
					  mode tcp
					  timeout connect 10s
					  timeout client 1h
					  timeout server 1h
					listen tunnel
					  bind 127.0.0.1:%2$d %3$s
					  server target 127.0.0.1:%4$d %5$s
					""".formatted(CIPHER_SUITE, end.listen(), end.server() ? "ssl " + options : "", end.target(),
					end.server() ? "" : "ssl sni str(localhost) verifyhost localhost " + options));
			return List.of(program("haproxy"), "-db", "-f", configuration.toString());
		}

	},

	/**
	 * stunnel.
	 */
	STUNNEL {

		@Override
		@Nullable String missing() {
			return (find("stunnel") != null) ? null : "stunnel is not installed";
		}

		@Override
		public List<String> command(TunnelEnd end) throws IOException {
			Path configuration = end.directory().resolve("stunnel-%s.conf".formatted(end.role()));
			Files.writeString(configuration, """
					foreground = yes
					debug = err
					pid =
					[tunnel]
					client = %s
					accept = 127.0.0.1:%d
					connect = 127.0.0.1:%d
					cert = %s
					CAfile = %s
					verifyChain = yes
					requireCert = yes
					sslVersion = TLSv1.3
					ciphersuites = %s
					TIMEOUTidle = 3600
					%s
					""".formatted(end.server() ? "no" : "yes", end.listen(), end.target(), pem(end), end.anchor(),
					CIPHER_SUITE, end.server() ? "" : "sni = localhost\ncheckHost = localhost"));
			return List.of(program("stunnel"), configuration.toString());
		}

	},

	/**
	 * Netty without a check of ours.
	 */
	NETTY {

		@Override
		@Nullable String missing() {
			return null;
		}

		@Override
		public List<String> command(TunnelEnd end) {
			return List.of(java(), "-XX:+UseSerialGC", "-Xmx128m", "-cp", System.getProperty("java.class.path"),
					BareTunnel.class.getName(), end.role(), String.valueOf(end.listen()), String.valueOf(end.target()),
					end.files().certificate().toString(), end.files().privateKey().toString(), end.anchor().toString());
		}

	};

	// BoringSSL's own choice, which netty-tcnative does not let anyone change
	private static final String CIPHER_SUITE = System.getProperty("suite", "TLS_AES_128_GCM_SHA256");

	private static final Path JAR = Path.of(System.getProperty("mtls.jar", "mtls-cli/target/mtls.jar"))
		.toAbsolutePath();

	/**
	 * Why it cannot be run here.
	 * @return what is missing, or {@code null}
	 */
	abstract @Nullable String missing();

	private static String java() {
		return Path.of(System.getProperty("java.home"), "bin", "java").toString();
	}

	// The certificate and its key in one file, as both programs want it
	private static Path pem(TunnelEnd end) throws IOException {
		Path pem = end.directory().resolve("%s-both.pem".formatted(end.role()));
		return Files.writeString(pem,
				Files.readString(end.files().certificate()) + Files.readString(end.files().privateKey()));
	}

	private static String program(String name) {
		Path found = find(name);
		if (found == null) {
			throw new IllegalStateException("%s is not installed".formatted(name));
		}
		return found.toString();
	}

	private static @Nullable Path find(String name) {
		return Stream.concat(Stream.of(System.getenv("PATH").split(":", -1)), Stream.of("/usr/sbin"))
			.map((directory) -> Path.of(directory, name))
			.filter(Files::isExecutable)
			.findFirst()
			.orElse(null);
	}

}
