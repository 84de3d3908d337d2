package dev.mtls.boot.token;

import java.nio.charset.StandardCharsets;
import java.security.InvalidParameterException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.source.ContentHash;
import dev.mtls.source.Document;
import dev.mtls.source.Source;

/**
 * The security provider of a PKCS#11 token, registered with the JVM.
 * <p>
 * It has to be registered: the key on a token can be used by the very provider that read
 * it and by no other, and JSSE asks only those that are registered. That is state of the
 * whole JVM, so that it is done here, at the edge, and not in the core. It is registered
 * last: providers are asked in their order, and all the others refuse a key that they
 * cannot read, so that the token gets to sign with its own keys and nothing else. Before
 * the others it would be asked for random numbers, digests and key agreements as well.
 * <p>
 * It is never removed, since its keys are of no use from then on, and found again by the
 * next application context whose configuration is the same.
 */
public final class TokenProvider implements Supplier<Provider> {

	/** Not that of a service, which would hold a period. */
	private static final String CONFIGURATION = "mtlsConfiguration";

	private static final Pattern LINE = Pattern.compile("line \\d+");

	private final String place;

	private final @Nullable Source configuration;

	private TokenProvider(String place, @Nullable Source configuration) {
		this.place = place;
		this.configuration = configuration;
	}

	/**
	 * Create a token provider, which looks at nothing before it is asked.
	 * @param property the property of the key store, such as
	 * {@code mtls.server.key-store}
	 * @param location the location of a configuration of the JDK's SunPKCS11 provider, or
	 * {@code null} for the first provider of a token that is registered already
	 * @return the token provider
	 * @throws MtlsException with {@code CONFIGURATION_INVALID} when the location is none
	 */
	public static TokenProvider of(String property, @Nullable String location) {
		if (location == null) {
			return new TokenProvider(property + ".type=PKCS11", null);
		}
		Source configuration = Source.of(property + ".location", location);
		return new TokenProvider(configuration.place(), configuration);
	}

	/**
	 * Where the token is configured.
	 * @return the place, such as {@code mtls.server.key-store.location=file:token.cfg}
	 */
	public String place() {
		return this.place;
	}

	/**
	 * The provider, which is registered when it is not yet.
	 * @return the provider
	 * @throws MtlsException with {@code SOURCE_UNREADABLE} when the configuration cannot
	 * be read, with {@code CONFIGURATION_INVALID} when it is none, or there is no such
	 * library or slot, with {@code CONFIGURATION_CONFLICT} when its name is taken, with
	 * {@code ENGINE_UNSUPPORTED} when the JDK knows no tokens
	 */
	@Override
	public Provider get() {
		if (this.configuration == null) {
			return firstRegistered();
		}
		Document document = this.configuration.read().get(0);
		// The JDK reads these files so
		String text = new String(document.content(), StandardCharsets.ISO_8859_1);
		synchronized (TokenProvider.class) {
			return registered(text, ContentHash.ofFields(List.of(document.content())).hex());
		}
	}

	private Provider firstRegistered() {
		Provider[] providers = Security.getProviders("KeyStore.PKCS11");
		if (providers == null) {
			throw invalid("No provider of a token is registered with this JVM",
					"Set the location of the key store to a SunPKCS11 configuration, or add one to java.security");
		}
		return providers[0];
	}

	private Provider registered(String text, String hash) {
		for (Provider provider : Security.getProviders()) {
			if (hash.equals(provider.getProperty(CONFIGURATION))) {
				return provider;
			}
		}
		Provider provider = configure(text);
		provider.put(CONFIGURATION, hash);
		if (Security.addProvider(provider) < 0) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, this.place,
					"Another provider with the name %s is registered".formatted(provider.getName()),
					"Give it another name in this configuration; one that has changed needs a new process");
		}
		return provider;
	}

	private Provider configure(String text) {
		Provider unconfigured = Security.getProvider("SunPKCS11");
		if (unconfigured == null) {
			throw new MtlsException(Reason.ENGINE_UNSUPPORTED, this.place, "This JDK has no provider named SunPKCS11",
					"Use a JDK with the module jdk.crypto.cryptoki and the provider in its java.security");
		}
		if (text.contains("\\n")) {
			// The JDK takes the two for a line break where the text is given in place
			throw invalid("It holds a backslash before an n", "Write slashes in place of backslashes");
		}
		try {
			return unconfigured.configure("--" + text);
		}
		catch (InvalidParameterException ex) {
			// Without the cause, which quotes a file that may be a key and no
			// configuration
			throw invalid("It is no SunPKCS11 configuration" + lineOf(ex),
					"Write name = … and library = … as the JDK's PKCS#11 Reference Guide says");
		}
		catch (ProviderException | UnsupportedOperationException ex) {
			throw unusable(ex);
		}
	}

	private MtlsException unusable(RuntimeException failure) {
		Throwable cause = (failure.getCause() != null) ? failure.getCause() : failure;
		String problem = String.valueOf(cause.getMessage());
		boolean slot = problem.contains("CKR_SLOT") || problem.contains("slotListIndex");
		return new MtlsException(Reason.CONFIGURATION_INVALID, this.place,
				slot ? "There is no such slot: " + problem : "The library of the token cannot be used: " + problem,
				slot ? "Correct slot or slotListIndex; pkcs11-tool --list-slots shows them"
						: "Correct library, which is the path of the token's PKCS#11 module",
				failure);
	}

	private MtlsException invalid(String problem, String fix) {
		return new MtlsException(Reason.CONFIGURATION_INVALID, this.place, problem, fix);
	}

	private static String lineOf(Throwable failure) {
		Throwable cause = failure.getCause();
		Matcher matcher = LINE.matcher((cause != null) ? String.valueOf(cause.getMessage()) : "");
		return matcher.find() ? ", see " + matcher.group() : "";
	}

	@Override
	public String toString() {
		return "TokenProvider[%s]".formatted(this.place);
	}

}
