package dev.mtls.boot.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.ContextCustomizerFactories;

/**
 * {@link SpringBootTest @SpringBootTest} on a free port, with certificates that are made
 * for it and clients that have them.
 * <p>
 * It configures key and trust of {@code mtls.server}, a CRL for
 * {@code mtls.server.revocation} and, where the application has {@code mtls.client} or
 * {@code mtls.dev} on, key and trust of {@code mtls.client}; certificates for development
 * are not made. This takes the place of what the files of the application and its
 * environment say, and leaves alone what the test sets. Rules stay those of the
 * application: a test gives its clients names that they allow by {@link #clientNames()}.
 * <p>
 * Clients are injected by {@link ClientOf @ClientOf}, and come from the bean
 * {@link MtlsTestClients} for any certificate. The authority is the bean
 * {@link dev.mtls.test.TestAuthority}, its files are the bean
 * {@link dev.mtls.test.TestFiles}.
 *
 * <pre class="code">
 * &#064;MtlsTest(clientNames = "spiffe://example.org/orders")
 * class GreetingTests {
 *
 *     &#064;Test
 *     void greetingIsForOrders(&#064;ClientOf(TestPeer.TRUSTED) RestClient client) {
 *         assertThat(client.get().uri("/greeting").retrieve().body(String.class)).startsWith("Hello");
 *     }
 *
 * }
 * </pre>
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@SpringBootTest
@ContextCustomizerFactories(MtlsTestContextCustomizerFactory.class)
public @interface MtlsTest {

	/**
	 * Properties as {@code key=value}.
	 * @return the properties
	 */
	@AliasFor(annotation = SpringBootTest.class)
	String[] properties() default {};

	/**
	 * Arguments of the application.
	 * @return the arguments
	 */
	@AliasFor(annotation = SpringBootTest.class)
	String[] args() default {};

	/**
	 * The classes that make up the application, which is looked for if there are none.
	 * @return the classes
	 */
	@AliasFor(annotation = SpringBootTest.class)
	Class<?>[] classes() default {};

	/**
	 * Where the application is started. Without a server ({@link WebEnvironment#MOCK
	 * MOCK}) there are no clients, but requests of MockMvc and {@code WebTestClient} that
	 * come {@linkplain MtlsRequestPostProcessors#clientCertificate with a certificate}.
	 * @return the web environment
	 */
	@AliasFor(annotation = SpringBootTest.class)
	WebEnvironment webEnvironment() default WebEnvironment.RANDOM_PORT;

	/**
	 * The names of the client whose certificate is right, and of those that have another
	 * flaw than their name. They are given as
	 * {@link dev.mtls.test.TestAuthority#client(String...)} takes them.
	 * @return the names; {@code client} if there is none
	 */
	String[] clientNames() default {};

}
