package dev.mtls.integration

import java.nio.file.Path

import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.springframework.boot.SpringBootConfiguration
import org.springframework.boot.autoconfigure.EnableAutoConfiguration
import org.springframework.web.bind.annotation.GetMapping
import org.springframework.web.bind.annotation.RestController
import org.springframework.web.client.RestClient

import dev.mtls.boot.test.ClientOf
import dev.mtls.boot.test.MtlsTest
import dev.mtls.boot.test.TestPeer
import dev.mtls.boot.web.ClientCert
import dev.mtls.identity.PeerIdentity
import dev.mtls.socket.MtlsContext
import dev.mtls.test.PemFiles
import dev.mtls.test.TestAuthority

/**
 * Tests for what applications use, written in Kotlin with strict null annotations.
 */
@MtlsTest(classes = [KotlinTests.Application::class], clientNames = ["api.example.com"],
	properties = ["mtls.server.excluded-paths=/optional"])
class KotlinTests {

	@Test
	fun callerIsAParameterOfAController(@ClientOf(TestPeer.TRUSTED) client: RestClient) {
		assertThat(get(client, "/required")).isEqualTo("api.example.com")
		assertThat(get(client, "/optional")).isEqualTo("api.example.com")
	}

	@Test
	fun callerIsNullWithoutACertificate(@ClientOf(TestPeer.WITHOUT_CERTIFICATE) client: RestClient) {
		assertThat(get(client, "/optional")).isEqualTo("nobody")
	}

	@Test
	fun contextsConnect(@TempDir directory: Path) {
		val authority = TestAuthority.create()
		authority.writeTo(directory, "ca")
		val server = authority.server().writeTo(directory, "server")
		val client = authority.client("api.example.com").writeTo(directory, "client")
		context(directory, server).use { listening ->
			listening.listen("127.0.0.1:0").use { listener ->
				context(directory, client).use { connecting ->
					val accepted = listener.acceptAsync()
					connecting.connect("127.0.0.1:${listener.port()}").use {
						accepted.get().use { connection ->
							val peer: PeerIdentity? = connection.peerIdentity()
							assertThat(peer?.displayName()).isEqualTo("api.example.com")
						}
					}
				}
			}
		}
	}

	private fun get(client: RestClient, path: String): String? =
		client.get().uri(path).retrieve().body(String::class.java)

	private fun context(directory: Path, files: PemFiles): MtlsContext =
		MtlsContext.builder()
			.certificate("file:${files.certificate()}")
			.privateKey("file:${files.privateKey()}")
			.trustCertificates("file:${directory.resolve("ca.crt")}")
			.build()

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	class Application {

		@GetMapping("/required")
		fun required(@ClientCert caller: PeerIdentity): String = caller.displayName()

		@GetMapping("/optional")
		fun optional(@ClientCert(required = false) caller: PeerIdentity?): String = caller?.displayName() ?: "nobody"

	}

}
