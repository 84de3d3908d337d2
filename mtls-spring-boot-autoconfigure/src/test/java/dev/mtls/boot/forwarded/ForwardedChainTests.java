package dev.mtls.boot.forwarded;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ForwardedChain}.
 */
class ForwardedChainTests {

	private static final TestCertificate CLIENT = TestAuthority.create().intermediate().client("spiffe://td/client");

	private static final X509Certificate LEAF = CLIENT.chain().get(0);

	private static final X509Certificate ISSUER = CLIENT.chain().get(1);

	private static final X509Certificate OTHER = TestAuthority.create().client("spiffe://td/admin").certificate();

	private static final String PEM = ForwardedText.escapedPem(LEAF);

	private static final String HASH = hash(LEAF);

	private static final String ENVOY = "X-Forwarded-Client-Cert";

	static List<Arguments> accepted() {
		String leaf = ForwardedText.bytes(LEAF);
		String issuer = ForwardedText.bytes(ISSUER);
		String chain = ForwardedText.escapedPem(LEAF, ISSUER);
		return List.of(
				// RFC 9440, appendix A
				Arguments.of("alone", ForwardedFormat.RFC9440, fields("Client-Cert", leaf), 1),
				Arguments.of("with chain", ForwardedFormat.RFC9440,
						fields("Client-Cert", leaf, "Client-Cert-Chain", issuer), 2),
				Arguments.of("chain in one line", ForwardedFormat.RFC9440,
						fields("Client-Cert", leaf, "Client-Cert-Chain", issuer + ", " + issuer), 3),
				Arguments.of("chain in several lines", ForwardedFormat.RFC9440,
						Map.of("Client-Cert", List.of(leaf), "Client-Cert-Chain", List.of(issuer, issuer)), 3),
				Arguments.of("tabs around the comma", ForwardedFormat.RFC9440,
						fields("Client-Cert", leaf, "Client-Cert-Chain", issuer + "\t,\t" + issuer), 3),
				Arguments.of("empty chain", ForwardedFormat.RFC9440,
						fields("Client-Cert", leaf, "Client-Cert-Chain", ""), 1),
				// RFC 9651, section 4.2.7
				Arguments.of("without padding", ForwardedFormat.RFC9440, fields("Client-Cert", leaf.replace("=", "")),
						1),
				Arguments.of("name in lower case", ForwardedFormat.RFC9440, fields("client-cert", leaf), 1),
				// Envoy, "x-forwarded-client-cert"
				Arguments.of("Cert", ForwardedFormat.ENVOY,
						fields(ENVOY, "By=spiffe://td/proxy;Hash=%s;Cert=\"%s\"".formatted(HASH, PEM)), 1),
				Arguments.of("Chain", ForwardedFormat.ENVOY,
						fields(ENVOY, "By=spiffe://td/proxy;Hash=%s;Chain=\"%s\"".formatted(HASH, chain)), 2),
				Arguments.of("Cert and Chain", ForwardedFormat.ENVOY,
						fields(ENVOY, "Hash=%s;Cert=\"%s\";Chain=\"%s\"".formatted(HASH, PEM, chain)), 2),
				Arguments.of("all keys", ForwardedFormat.ENVOY, fields(ENVOY,
						"By=spiffe://td/a;By=spiffe://td/b;Hash=%s;Cert=\"%s\";Subject=\"CN=a,O=\\\"b;c=d\\\"\";URI=http://a?b=c;URI=;DNS=a;DNS=b"
							.formatted(HASH, PEM)),
						1),
				Arguments.of("keys and hash in other case", ForwardedFormat.ENVOY,
						fields(ENVOY, "HASH=%s;cert=\"%s\"".formatted(HASH.toUpperCase(Locale.ROOT), PEM)), 1),
				Arguments.of("last of two elements", ForwardedFormat.ENVOY,
						fields(ENVOY,
								"By=http://frontend;Cert=\"%s\",By=http://backend;Cert=\"%s\""
									.formatted(ForwardedText.escapedPem(OTHER), PEM)),
						1),
				Arguments.of("separators within quotes", ForwardedFormat.ENVOY,
						fields(ENVOY, "Subject=\"CN=a, Cert=\\\"b\\\", O=c\", Cert=\"%s\"".formatted(PEM)), 1),
				// nginx, $ssl_client_escaped_cert
				Arguments.of("escaped", ForwardedFormat.NGINX, fields("X-Client-Cert", PEM), 1),
				Arguments.of("chain", ForwardedFormat.NGINX, fields("X-Client-Cert", chain), 2),
				Arguments.of("lower case digits", ForwardedFormat.NGINX,
						fields("X-Client-Cert", PEM.replace("%2B", "%2b").replace("%0A", "%0a")), 1),
				Arguments.of("CR LF", ForwardedFormat.NGINX, fields("X-Client-Cert", PEM.replace("%0A", "%0D%0A")), 1),
				Arguments.of("no newline at the end", ForwardedFormat.NGINX,
						fields("X-Client-Cert", PEM.replaceFirst("%0A$", "")), 1),
				// Traefik, PassTLSClientCert
				Arguments.of("body", ForwardedFormat.TRAEFIK,
						fields("X-Forwarded-Tls-Client-Cert", ForwardedText.bodies(LEAF)), 1),
				Arguments.of("bodies", ForwardedFormat.TRAEFIK,
						fields("X-Forwarded-Tls-Client-Cert", ForwardedText.bodies(LEAF, ISSUER)), 2),
				Arguments.of("escaped bodies of version 2", ForwardedFormat.TRAEFIK, fields(
						"X-Forwarded-Tls-Client-Cert",
						ForwardedText.bodies(LEAF, ISSUER).replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")),
						2),
				// AWS, "HTTP headers and mutual TLS"
				Arguments.of("passthrough", ForwardedFormat.AWS_ALB,
						fields("X-Amzn-Mtls-Clientcert", ForwardedText.amazonPem(LEAF, ISSUER)), 2),
				Arguments.of("passthrough, all escaped", ForwardedFormat.AWS_ALB,
						fields("X-Amzn-Mtls-Clientcert", chain), 2),
				Arguments.of("verify", ForwardedFormat.AWS_ALB,
						fields("X-Amzn-Mtls-Clientcert-Leaf", ForwardedText.amazonPem(LEAF),
								"X-Amzn-Mtls-Clientcert-Subject", "CN=somebody"),
						1),
				Arguments.of("both", ForwardedFormat.AWS_ALB,
						fields("X-Amzn-Mtls-Clientcert-Leaf", PEM, "X-Amzn-Mtls-Clientcert", chain), 2));
	}

	@ParameterizedTest(name = "{1}: {0}")
	@MethodSource("accepted")
	void readWhenWellFormedGivesTheChain(String what, ForwardedFormat format, Map<String, List<String>> fields,
			int length) {
		assertThat(read(format, fields))
			.isInstanceOfSatisfying(Verdict.Accepted.class, (accepted) -> assertThat(accepted.value())
				.isEqualTo(Stream.concat(Stream.of(LEAF), Collections.nCopies(length - 1, ISSUER).stream()).toList()));
	}

	static List<Arguments> absent() {
		return List.of(Arguments.of(ForwardedFormat.RFC9440, Map.of()), Arguments.of(ForwardedFormat.ENVOY, Map.of()),
				Arguments.of(ForwardedFormat.NGINX, Map.of()), Arguments.of(ForwardedFormat.TRAEFIK, Map.of()),
				Arguments.of(ForwardedFormat.AWS_ALB, Map.of()), Arguments.of(ForwardedFormat.ENVOY, fields(ENVOY, "")),
				Arguments.of(ForwardedFormat.NGINX, fields("X-Client-Cert", "")),
				Arguments.of(ForwardedFormat.TRAEFIK, fields("X-Forwarded-Tls-Client-Cert", "")),
				Arguments.of(ForwardedFormat.AWS_ALB, fields("X-Amzn-Mtls-Clientcert", "")),
				// Other spellings, and the headers of others
				Arguments.of(ForwardedFormat.RFC9440, fields("Client_Cert", ForwardedText.bytes(LEAF))),
				Arguments.of(ForwardedFormat.RFC9440, fields("ClientCert", ForwardedText.bytes(LEAF))),
				Arguments.of(ForwardedFormat.RFC9440, fields("X-Client-Cert", PEM)),
				Arguments.of(ForwardedFormat.NGINX, fields("X_Client_Cert", PEM)),
				Arguments.of(ForwardedFormat.NGINX, fields("SSL_CLIENT_CERT", PEM)),
				// Names prove nothing
				Arguments.of(ForwardedFormat.ENVOY,
						fields(ENVOY,
								"By=spiffe://td/proxy;Hash=%s;Subject=\"CN=a\";URI=spiffe://td/client"
									.formatted(HASH))),
				Arguments.of(ForwardedFormat.ENVOY, fields(ENVOY, "Cert=\"%s\",URI=spiffe://td/client".formatted(PEM))),
				Arguments.of(ForwardedFormat.TRAEFIK,
						fields("X-Forwarded-Tls-Client-Cert-Info", "Subject%3D%22CN%3Da")),
				Arguments.of(ForwardedFormat.AWS_ALB, fields("X-Amzn-Mtls-Clientcert-Subject", "CN=admin")));
	}

	@ParameterizedTest
	@MethodSource("absent")
	void readWhenNoneIsForwardedSaysSo(ForwardedFormat format, Map<String, List<String>> fields) {
		assertRefused(format, fields, Reason.CERTIFICATE_MISSING);
	}

	static Stream<Arguments> malformed() {
		return Stream.of(malformedClientCert(), malformedEnvoy(), malformedPem(), malformedOthers())
			.flatMap(List::stream);
	}

	private static List<Arguments> malformedClientCert() {
		String leaf = ForwardedText.bytes(LEAF);
		String base64 = ForwardedText.base64(LEAF);
		return Stream
			.of(Arguments.of("empty", ""), Arguments.of("no colons", base64),
					Arguments.of("no closing colon", ":" + base64), Arguments.of("no opening colon", base64 + ":"),
					Arguments.of("no bytes", "::"), Arguments.of("only a colon", ":"),
					Arguments.of("a string", '"' + base64 + '"'), Arguments.of("a token", "abc"),
					Arguments.of("two items", leaf + ", " + leaf), Arguments.of("an inner list", "(" + leaf + ")"),
					Arguments.of("parameters", leaf + ";a=1"), Arguments.of("something after", leaf + "x"),
					Arguments.of("a tab before", "\t" + leaf),
					Arguments.of("folded", ":" + base64.substring(0, 64) + " " + base64.substring(64) + ":"),
					Arguments.of("a line break", ":" + base64.substring(0, 64) + "\n " + base64.substring(64) + ":"),
					Arguments.of("a NUL", leaf + "\0"), Arguments.of("non-ASCII", leaf + "\u00a0"),
					Arguments.of("base64url", ":" + base64.replace('+', '-').replace('/', '_') + "-_:"),
					Arguments.of("padding within", ":MII=" + base64 + ":"),
					Arguments.of("percent-encoded", leaf.replace("=", "%3D") + "%3D"),
					Arguments.of("PEM in it",
							":" + Base64.getEncoder()
								.encodeToString(ForwardedText.pem(LEAF).getBytes(StandardCharsets.US_ASCII)) + ":"),
					Arguments.of("no certificate", ":MAA=:"), Arguments.of("bytes after it", bytesOf(plus(LEAF, 0))),
					Arguments.of("cut short", bytesOf(Arrays.copyOf(ForwardedText.der(LEAF), 100))),
					Arguments.of("too large", bytesOf(large())))
			.map((each) -> Arguments.of("Client-Cert: " + each.get()[0], ForwardedFormat.RFC9440,
					fields("Client-Cert", (String) each.get()[1])))
			.toList();
	}

	private static List<Arguments> malformedEnvoy() {
		String other = ForwardedText.escapedPem(OTHER);
		String chain = ForwardedText.escapedPem(LEAF, ISSUER);
		return Stream
			.of(Arguments.of("Cert without quotes", "Cert=" + PEM),
					Arguments.of("Cert in single quotes", "Cert='%s'".formatted(PEM)),
					Arguments.of("Cert twice", "Cert=\"%1$s\";Cert=\"%1$s\"".formatted(PEM)),
					Arguments.of("Cert twice in another case", "Cert=\"%s\";CERT=\"%s\"".formatted(PEM, other)),
					Arguments.of("Chain twice", "Chain=\"%1$s\";Chain=\"%1$s\"".formatted(PEM)),
					Arguments.of("Hash twice", "Hash=%1$s;Hash=%1$s;Cert=\"%2$s\"".formatted(HASH, PEM)),
					Arguments.of("Hash of another", "Hash=%s;Cert=\"%s\"".formatted(HASH, other)),
					Arguments.of("Hash is empty", "Hash=;Cert=\"%s\"".formatted(PEM)),
					Arguments.of("Cert is not of Chain", "Cert=\"%s\";Chain=\"%s\"".formatted(other, chain)),
					Arguments.of("Cert is a chain", "Cert=\"%1$s\";Chain=\"%1$s\"".formatted(chain)),
					Arguments.of("Cert is empty", "Cert=\"\""), Arguments.of("no end of quotes", "Cert=\"" + PEM),
					Arguments.of("escaped end of quotes", "Cert=\"%s\\\"".formatted(PEM)),
					Arguments.of("quote within", "Cert=%s\"\"".formatted(PEM)),
					Arguments.of("something after quotes", "Cert=\"%s\"x".formatted(PEM)),
					Arguments.of("no separator after quotes", "Subject=\"a\"xCert=\"%s\"".formatted(PEM)),
					Arguments.of("space after quotes", "Cert=\"%s\" ".formatted(PEM)),
					Arguments.of("no key", "=\"%s\"".formatted(PEM)), Arguments.of("no value", "Cert"),
					Arguments.of("empty pair", "Cert=\"%s\";".formatted(PEM)),
					Arguments.of("empty element", "Cert=\"%s\",".formatted(PEM)),
					Arguments.of("leading comma", ",Cert=\"\""),
					Arguments.of("base64 DER", "Cert=\"%s\"".formatted(ForwardedText.base64(LEAF))),
					// What a client would send to a proxy that appends its own element
					Arguments.of("client left a quote open",
							"Cert=\"%s\";Subject=\",Hash=%s;Cert=\"%s\"".formatted(other, HASH, PEM)),
					Arguments.of("client left a quote open, no quote after",
							"Cert=\"%s\";Subject=\",By=a;Hash=%s;URI=spiffe://td/client".formatted(other, HASH)),
					Arguments.of("client left a quote open, subject after",
							"Cert=\"%s\";Subject=\",By=a;Hash=%s;Subject=\"\";URI=b".formatted(other, HASH)),
					Arguments.of("client ends with a backslash",
							"Cert=\"%s\";Subject=\"\\,Hash=%s;Cert=\"%s\"".formatted(other, HASH, PEM)))
			.map((each) -> Arguments.of("Envoy: " + each.get()[0], ForwardedFormat.ENVOY,
					fields(ENVOY, (String) each.get()[1])))
			.toList();
	}

	private static List<Arguments> malformedPem() {
		return Stream
			.of(Arguments.of("text before", "a%0A" + PEM), Arguments.of("text after", PEM + "a"),
					Arguments.of("text between", PEM + "a%0A" + PEM),
					Arguments.of("blank line between", PEM + "%0A" + PEM),
					Arguments.of("no escapes", ForwardedText.pem(LEAF).replace("\n", " ")),
					Arguments.of("tabs for line breaks, as old nginx writes",
							ForwardedText.pem(LEAF).replace("\n", "\t")),
					Arguments.of("plus for a space", PEM.replace("%20", "+")),
					Arguments.of("escaped twice", PEM.replace("%", "%25")), Arguments.of("cut escape", PEM + "%0"),
					Arguments.of("lone percent", PEM + "%"), Arguments.of("no hexadecimal", PEM + "%0G"),
					Arguments.of("a sign", PEM + "%-1"), Arguments.of("non-ASCII digits", PEM + "%\uff10\uff11"),
					Arguments.of("a NUL", PEM.replace("%20", "%00")), Arguments.of("cut block", PEM.substring(0, 200)),
					Arguments.of("no end", PEM.replace("-----END", "")),
					Arguments.of("another label", PEM.replace("CERTIFICATE", "X509%20CERTIFICATE")),
					Arguments.of("TRUSTED label", PEM.replace("CERTIFICATE", "TRUSTED%20CERTIFICATE")),
					Arguments.of("private key", PEM.replace("CERTIFICATE", "PRIVATE%20KEY")),
					Arguments.of("headers", PEM.replaceFirst("%0A", "%0AProc-Type%3A%204%2CENCRYPTED%0A%0A")),
					Arguments.of("label in lower case", PEM.replace("CERTIFICATE", "certificate")),
					Arguments.of("empty block", "-----BEGIN%20CERTIFICATE-----%0A-----END%20CERTIFICATE-----"),
					Arguments.of("base64 DER", ForwardedText.base64(LEAF)), Arguments.of("(null)", "(null)"),
					Arguments.of("a space", " "),
					Arguments.of("too many",
							ForwardedText.escapedPem(Collections.nCopies(11, LEAF).toArray(X509Certificate[]::new))),
					Arguments.of("too long", "a".repeat(512 * 1024 + 1)))
			.map((each) -> Arguments.of("PEM: " + each.get()[0], ForwardedFormat.NGINX,
					fields("X-Client-Cert", (String) each.get()[1])))
			.toList();
	}

	private static List<Arguments> malformedOthers() {
		String leaf = ForwardedText.bytes(LEAF);
		String issuer = ForwardedText.bytes(ISSUER);
		String body = ForwardedText.bodies(LEAF);
		return List.of(
				Arguments.of("Client-Cert in two lines", ForwardedFormat.RFC9440,
						Map.of("Client-Cert", List.of(leaf, leaf))),
				Arguments.of("chain without Client-Cert", ForwardedFormat.RFC9440, fields("Client-Cert-Chain", issuer)),
				Arguments.of("comma at the end", ForwardedFormat.RFC9440,
						fields("Client-Cert", leaf, "Client-Cert-Chain", issuer + ",")),
				Arguments.of("no comma", ForwardedFormat.RFC9440,
						fields("Client-Cert", leaf, "Client-Cert-Chain", issuer + " " + issuer)),
				Arguments.of("an empty line", ForwardedFormat.RFC9440,
						Map.of("Client-Cert", List.of(leaf), "Client-Cert-Chain", List.of("", issuer))),
				Arguments.of("too many lines", ForwardedFormat.RFC9440,
						Map.of("Client-Cert", List.of(leaf), "Client-Cert-Chain", Collections.nCopies(11, issuer))),
				Arguments.of("too many in all", ForwardedFormat.RFC9440,
						Map.of("Client-Cert", List.of(leaf), "Client-Cert-Chain", Collections.nCopies(10, issuer))),
				Arguments.of("X-Forwarded-Client-Cert in two lines", ForwardedFormat.ENVOY,
						Map.of(ENVOY, Collections.nCopies(2, "Cert=\"%s\"".formatted(PEM)))),
				Arguments.of("X-Client-Cert in two lines", ForwardedFormat.NGINX,
						Map.of("X-Client-Cert", List.of(PEM, PEM))),
				Arguments.of("Traefik in two lines", ForwardedFormat.TRAEFIK,
						Map.of("X-Forwarded-Tls-Client-Cert", List.of(body, body))),
				Arguments.of("Traefik with delimiters", ForwardedFormat.TRAEFIK,
						fields("X-Forwarded-Tls-Client-Cert", PEM)),
				Arguments.of("Traefik with a comma at the end", ForwardedFormat.TRAEFIK,
						fields("X-Forwarded-Tls-Client-Cert", body + ",")),
				Arguments.of("Traefik with a space", ForwardedFormat.TRAEFIK,
						fields("X-Forwarded-Tls-Client-Cert", body + ", " + body)),
				Arguments.of("Traefik with an escaped comma", ForwardedFormat.TRAEFIK,
						fields("X-Forwarded-Tls-Client-Cert", body + "%2C" + body)),
				Arguments.of("ALB leaf of another", ForwardedFormat.AWS_ALB,
						fields("X-Amzn-Mtls-Clientcert", PEM, "X-Amzn-Mtls-Clientcert-Leaf",
								ForwardedText.escapedPem(OTHER))),
				Arguments.of("ALB in two lines", ForwardedFormat.AWS_ALB,
						Map.of("X-Amzn-Mtls-Clientcert", List.of(PEM, PEM))));
	}

	@ParameterizedTest(name = "{1}: {0}")
	@MethodSource("malformed")
	void readWhenMalformedIsRefused(String what, ForwardedFormat format, Map<String, List<String>> fields) {
		assertRefused(format, fields, Reason.CERTIFICATE_MALFORMED);
	}

	@Test
	void readWhenHeaderIsNamedReadsThatOnly() {
		ForwardedChain chain = ForwardedChain.of(ForwardedFormat.NGINX, "ssl-client-cert");
		assertThat(chain.read(lookUp(fields("SSL-Client-Cert", PEM)))).isInstanceOf(Verdict.Accepted.class);
		assertThat(chain.read(lookUp(fields("X-Client-Cert", PEM)))).isInstanceOf(Verdict.Refused.class);
	}

	@Test
	void readWhenRefusedQuotesNothing() {
		assertThat(read(ForwardedFormat.NGINX, fields("X-Client-Cert", "<script>")).toString())
			.doesNotContain("script");
	}

	private static void assertRefused(ForwardedFormat format, Map<String, List<String>> fields, Reason reason) {
		assertThat(read(format, fields)).isInstanceOfSatisfying(Verdict.Refused.class,
				(refused) -> assertThat(refused.denial()).extracting(Decision.Deny::reason).isEqualTo(reason));
	}

	private static Verdict<List<X509Certificate>> read(ForwardedFormat format, Map<String, List<String>> fields) {
		return ForwardedChain.of(format, null).read(lookUp(fields));
	}

	private static RequestFields lookUp(Map<String, List<String>> fields) {
		return (name) -> fields.entrySet()
			.stream()
			.filter((field) -> field.getKey().equalsIgnoreCase(name))
			.flatMap((field) -> field.getValue().stream())
			.toList();
	}

	private static Map<String, List<String>> fields(String... namesAndValues) {
		return (namesAndValues.length == 2) ? Map.of(namesAndValues[0], List.of(namesAndValues[1]))
				: Map.of(namesAndValues[0], List.of(namesAndValues[1]), namesAndValues[2], List.of(namesAndValues[3]));
	}

	private static String bytesOf(byte[] bytes) {
		return ":" + Base64.getEncoder().encodeToString(bytes) + ":";
	}

	private static byte[] plus(X509Certificate certificate, int after) {
		byte[] der = ForwardedText.der(certificate);
		byte[] longer = Arrays.copyOf(der, der.length + 1);
		longer[der.length] = (byte) after;
		return longer;
	}

	private static byte[] large() {
		byte[] large = new byte[DerCertificates.MAX_BYTES + 1];
		large[0] = 0x30;
		return large;
	}

	private static String hash(X509Certificate certificate) {
		try {
			return HexFormat.of()
				.formatHex(MessageDigest.getInstance("SHA-256").digest(ForwardedText.der(certificate)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
