package dev.mtls.material;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.UnrecoverableKeyException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Key material from PKCS#11 tokens. The chain is read; the private key stays on its token
 * and is a handle that the token's own provider alone can use.
 */
public final class TokenMaterial {

	/**
	 * The type of key store that a token is.
	 */
	public static final String TYPE = "PKCS11";

	/** What C_Login returns about the PIN (PKCS#11 2.40, 5.6.6). */
	private static final Pattern PIN_REFUSED = Pattern.compile("CKR_PIN_[A-Z_]+");

	private final String place;

	private final KeyStore keyStore;

	private TokenMaterial(String place, KeyStore keyStore) {
		this.place = place;
		this.keyStore = keyStore;
	}

	/**
	 * Log in to a token, if that has not been done already, and read a key and its chain
	 * as they are now. A wrong PIN should not be tried again: most tokens lock after a
	 * few.
	 * @param place where the token is configured, for messages
	 * @param provider the provider of the token, which has to be registered with the JVM
	 * for the key to be of use
	 * @param pin the PIN, or {@code null} for a token that needs none; an empty one
	 * counts as none
	 * @param alias the name of the key, or {@code null} for the only one
	 * @return the key material
	 * @throws MtlsException with {@code SOURCE_UNREADABLE} when there is no token, with
	 * {@code PASSWORD_WRONG} when it refuses the PIN, or as
	 * {@link KeyStoreMaterial#keyMaterial} does
	 */
	public static KeyMaterial keyMaterial(String place, Provider provider, char @Nullable [] pin,
			@Nullable String alias) {
		try {
			TokenMaterial token = new TokenMaterial(place, KeyStore.getInstance(TYPE, provider));
			token.load((pin != null && pin.length > 0) ? pin : null);
			return KeyStoreMaterial.of(place, token.keyStore).keyMaterial(alias, null);
		}
		catch (KeyStoreException | ProviderException ex) {
			// The provider of a token that was removed offers no key store
			throw unreadable(place, ex);
		}
	}

	private void load(char @Nullable [] pin) {
		try {
			this.keyStore.load(null, pin);
		}
		catch (IOException ex) {
			throw failure(pin, ex);
		}
		catch (GeneralSecurityException ex) {
			throw unreadable(this.place, ex);
		}
	}

	private MtlsException failure(char @Nullable [] pin, IOException ex) {
		String refusal = refusalOf(ex);
		if (refusal != null && refusal.equals("CKR_PIN_LOCKED")) {
			return new MtlsException(Reason.PASSWORD_WRONG, this.place,
					"The token has locked the PIN after too many wrong ones",
					"Have the security officer of the token set a new PIN", ex);
		}
		if (refusal != null) {
			return new MtlsException(Reason.PASSWORD_WRONG, this.place, "The token refuses the PIN",
					"Correct the password of the key store, which is the PIN of the token", ex);
		}
		if (pin == null && ex.getCause() != null && ex.getCause().getCause() == null) {
			return new MtlsException(Reason.PASSWORD_WRONG, this.place, "The token asks for a PIN and none is given",
					"Set the password of the key store to the PIN of the token", ex);
		}
		return unreadable(this.place, ex);
	}

	private static @Nullable String refusalOf(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof UnrecoverableKeyException) {
				return "CKR_PIN_INCORRECT";
			}
			Matcher matcher = PIN_REFUSED.matcher(String.valueOf(cause.getMessage()));
			if (matcher.find()) {
				return matcher.group();
			}
		}
		return null;
	}

	private static MtlsException unreadable(String place, Exception cause) {
		return new MtlsException(Reason.SOURCE_UNREADABLE, place, "The token is not there or cannot be read",
				"Check that it is inserted, that the slot is its own and that this process may use it", cause);
	}

}
