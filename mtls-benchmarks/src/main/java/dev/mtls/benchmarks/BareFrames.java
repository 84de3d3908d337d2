package dev.mtls.benchmarks;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;

import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageCodec;

/**
 * What an exchange of encrypted messages costs at least: frames of the same format and
 * the same calls of AES-GCM, under a key that everybody knows, and no check of anything.
 */
final class BareFrames {

	private static final int HEADER = 4;

	private static final int NONCE = 12;

	private static final int TAG = 16;

	private final SecretKey key = new SecretKeySpec(new byte[32], "AES");

	private final Cipher encryption = Cipher.getInstance("AES/GCM/NoPadding");

	private final Cipher decryption = Cipher.getInstance("AES/GCM/NoPadding");

	private final int sender;

	private long count;

	/**
	 * Create frames.
	 * @param sender another number for each side
	 */
	BareFrames(int sender) throws GeneralSecurityException {
		this.sender = sender;
	}

	byte[] encrypt(byte[] message) throws GeneralSecurityException {
		byte[] frame = new byte[HEADER + NONCE + message.length + TAG];
		byte[] nonce = ByteBuffer.allocate(NONCE).putInt(this.sender).putLong(this.count++).array();
		ByteBuffer.wrap(frame).putInt(message.length + TAG).put(nonce);
		this.encryption.init(Cipher.ENCRYPT_MODE, this.key, new GCMParameterSpec(8 * TAG, nonce));
		this.encryption.doFinal(message, 0, message.length, frame, HEADER + NONCE);
		return frame;
	}

	byte[] decrypt(byte[] body) throws GeneralSecurityException {
		byte[] nonce = Arrays.copyOf(body, NONCE);
		this.decryption.init(Cipher.DECRYPT_MODE, this.key, new GCMParameterSpec(8 * TAG, nonce));
		return this.decryption.doFinal(body, NONCE, body.length - NONCE);
	}

	void write(OutputStream output, byte[] message) throws IOException, GeneralSecurityException {
		output.write(encrypt(message));
	}

	byte[] read(InputStream input) throws IOException, GeneralSecurityException {
		DataInputStream data = new DataInputStream(input);
		byte[] body = new byte[data.readInt() + NONCE];
		data.readFully(body);
		return decrypt(body);
	}

	/**
	 * The same frames in a pipeline of Netty.
	 */
	static final class Codec extends ByteToMessageCodec<byte[]> {

		private final BareFrames frames;

		Codec(BareFrames frames) {
			super(byte[].class);
			this.frames = frames;
		}

		@Override
		protected void encode(ChannelHandlerContext context, byte[] message, ByteBuf output)
				throws GeneralSecurityException {
			output.writeBytes(this.frames.encrypt(message));
		}

		@Override
		protected void decode(ChannelHandlerContext context, ByteBuf input, List<Object> messages)
				throws GeneralSecurityException {
			if (input.readableBytes() < HEADER) {
				return;
			}
			int length = input.getInt(input.readerIndex()) + NONCE;
			if (input.readableBytes() >= HEADER + length) {
				byte[] body = new byte[length];
				input.skipBytes(HEADER).readBytes(body);
				messages.add(this.frames.decrypt(body));
			}
		}

	}

}
