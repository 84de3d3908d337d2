package dev.mtls.material;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;

import org.jspecify.annotations.Nullable;

/**
 * An EC key that shows nothing but its algorithm, as a key in hardware does. Only its
 * {@link Device} can sign with it.
 */
@SuppressWarnings("serial")
final class OpaqueKey implements PrivateKey {

	private final transient PrivateKey hidden;

	OpaqueKey(PrivateKey hidden) {
		this.hidden = hidden;
	}

	@Override
	public String getAlgorithm() {
		return "EC";
	}

	@Override
	public @Nullable String getFormat() {
		return null;
	}

	@Override
	public byte @Nullable [] getEncoded() {
		return null;
	}

	/**
	 * The provider of the device.
	 */
	static final class Device extends Provider {

		Device() {
			super("Device", "1", "Signs with opaque keys");
			putService(new Service(this, "Signature", "SHA256withECDSA", DeviceSignature.class.getName(), null, null) {

				@Override
				public Object newInstance(@Nullable Object parameter) {
					return new DeviceSignature();
				}

			});
		}

	}

	/**
	 * Signs with opaque keys and with no others.
	 */
	private static final class DeviceSignature extends SignatureSpi {

		private final Signature signature;

		private DeviceSignature() {
			try {
				this.signature = Signature.getInstance("SHA256withECDSA", "SunEC");
			}
			catch (GeneralSecurityException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		protected void engineInitVerify(PublicKey publicKey) throws InvalidKeyException {
			throw new InvalidKeyException("Only signs");
		}

		@Override
		protected void engineInitSign(PrivateKey privateKey) throws InvalidKeyException {
			if (!(privateKey instanceof OpaqueKey key)) {
				throw new InvalidKeyException("Not on this device");
			}
			this.signature.initSign(key.hidden);
		}

		@Override
		protected void engineUpdate(byte data) throws SignatureException {
			this.signature.update(data);
		}

		@Override
		protected void engineUpdate(byte[] data, int offset, int length) throws SignatureException {
			this.signature.update(data, offset, length);
		}

		@Override
		protected byte[] engineSign() throws SignatureException {
			return this.signature.sign();
		}

		@Override
		protected boolean engineVerify(byte[] signature) throws SignatureException {
			throw new SignatureException("Only signs");
		}

		@Override
		@Deprecated
		protected void engineSetParameter(String name, Object value) {
			throw new UnsupportedOperationException();
		}

		@Override
		@Deprecated
		protected Object engineGetParameter(String name) {
			throw new UnsupportedOperationException();
		}

	}

}
