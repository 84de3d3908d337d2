package dev.mtls.tcp.channel.frame;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;

import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.tcp.channel.ForeignPeer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link ClientKeyExchange} and {@link ServerKeyExchange}, each with a peer
 * that is written with another library.
 */
class KeyExchangeInteroperabilityTests {

	private static final int LIMIT = 1000;

	// The bit of a request or a response that is no part of the public key (RFC 7748,
	// section 5)
	private static final int IGNORED = 8 * 32 + 7;

	@Test
	void clientWithForeignServerExchangesMessages() throws Exception {
		ClientKeyExchange exchange = new ClientKeyExchange();
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		LateInput in = new LateInput();
		in.put(exchange.request());
		ForeignPeer server = ForeignPeer.server(in, out);
		EncryptedFrames client = exchange.complete(taken(out), LIMIT);
		exchange(client, server, in, out);
	}

	@Test
	void serverWithForeignClientExchangesMessages() throws Exception {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		LateInput late = new LateInput();
		ServerKeyExchange[] exchange = new ServerKeyExchange[1];
		InputStream response = new LateInput() {

			@Override
			byte[] more() throws IOException {
				exchange[0] = ServerKeyExchange.answer(taken(out), LIMIT);
				return exchange[0].response();
			}

		};
		ForeignPeer client = ForeignPeer.client(new SequenceInputStream(response, late), out);
		exchange(exchange[0].frames(), client, late, out);
	}

	@Test
	void requestHasTheLayoutOfTheProtocol() {
		byte[] alice = bytes(32);
		byte[] request = new ClientKeyExchange(new FixedRandom(alice)).request();
		assertThat(request).hasSize(41).hasSize(ServerKeyExchange.REQUEST_LENGTH).startsWith(1);
		assertThat(Arrays.copyOfRange(request, 1, 33)).isEqualTo(publicKey(alice));
		assertThat(Arrays.copyOfRange(request, 33, 41)).isEqualTo(Arrays.copyOf(alice, 8));
	}

	@Test
	void responseHasTheLayoutOfTheProtocol() throws Exception {
		byte[] client = bytes(32);
		byte[] server = Arrays.copyOfRange(bytes(40), 8, 40);
		byte[] request = new ClientKeyExchange(new FixedRandom(client)).request();
		byte[] response = ServerKeyExchange.answer(request, LIMIT, new FixedRandom(server)).response();
		assertThat(response).hasSize(69).hasSize(ClientKeyExchange.RESPONSE_LENGTH).startsWith(2);
		assertThat(Arrays.copyOfRange(response, 1, 33)).isEqualTo(publicKey(server));
		byte[] key = secret(client, publicKey(server));
		assertThat(ForeignPeer.open(key, Arrays.copyOfRange(response, 33, 45), Arrays.copyOfRange(response, 45, 69)))
			.isEqualTo(Arrays.copyOfRange(request, 33, 41));
	}

	@Test
	void keysAndTokenAreNewEachTime() throws Exception {
		byte[] one = new ClientKeyExchange().request();
		byte[] other = new ClientKeyExchange().request();
		assertThat(Arrays.copyOfRange(one, 1, 33)).isNotEqualTo(Arrays.copyOfRange(other, 1, 33));
		assertThat(Arrays.copyOfRange(one, 33, 41)).isNotEqualTo(Arrays.copyOfRange(other, 33, 41));
		byte[] oneAnswer = ServerKeyExchange.answer(one, LIMIT).response();
		byte[] otherAnswer = ServerKeyExchange.answer(one, LIMIT).response();
		assertThat(Arrays.copyOfRange(oneAnswer, 1, 33)).isNotEqualTo(Arrays.copyOfRange(otherAnswer, 1, 33));
		assertThat(Arrays.copyOfRange(oneAnswer, 33, 45)).isNotEqualTo(Arrays.copyOfRange(otherAnswer, 33, 45));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 2, 3, 0x81, 0x16, 0xff })
	void answerWhenFirstByteIsWrongIsRefused(int first) {
		byte[] request = new ClientKeyExchange().request();
		request[0] = (byte) first;
		assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> ServerKeyExchange.answer(request, LIMIT))
			.withMessageContaining("does not speak the protocol");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 33, 40, 42, 1000 })
	void answerWhenLengthIsWrongIsRefused(int length) {
		byte[] request = Arrays.copyOf(new ClientKeyExchange().request(), length);
		assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> ServerKeyExchange.answer(request, LIMIT))
			.withMessageContaining("does not speak the protocol");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 3, 0x82, 0x15, 0xff })
	void completeWhenFirstByteIsWrongIsRefused(int first) throws Exception {
		ClientKeyExchange client = new ClientKeyExchange();
		byte[] response = ServerKeyExchange.answer(client.request(), LIMIT).response();
		response[0] = (byte) first;
		assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> client.complete(response, LIMIT))
			.withMessageContaining("does not speak the protocol");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 33, 45, 68, 70, 1000 })
	void completeWhenLengthIsWrongIsRefused(int length) throws Exception {
		ClientKeyExchange client = new ClientKeyExchange();
		byte[] response = Arrays.copyOf(ServerKeyExchange.answer(client.request(), LIMIT).response(), length);
		assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> client.complete(response, LIMIT))
			.withMessageContaining("does not speak the protocol");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 7, 63 })
	void completeWhenTokenIsAnotherIsRefused(int bit) throws Exception {
		ClientKeyExchange client = new ClientKeyExchange();
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		ForeignPeer.server(new ByteArrayInputStream(client.request()), out, (token) -> FrameBytes.flip(token, bit));
		assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> client.complete(out.toByteArray(), LIMIT))
			.withMessageContaining("another token");
	}

	@Test
	void completeWhenABitOfTheResponseIsFlippedIsRefused() throws Exception {
		ClientKeyExchange client = new ClientKeyExchange();
		byte[] response = ServerKeyExchange.answer(client.request(), LIMIT).response();
		for (int bit = 0; bit < 8 * response.length; bit++) {
			byte[] flipped = FrameBytes.flip(response, bit);
			if (bit == IGNORED) {
				client.complete(flipped, LIMIT);
				continue;
			}
			assertThatExceptionOfType(ChannelException.class).as("bit %d", bit)
				.isThrownBy(() -> client.complete(flipped, LIMIT));
		}
		assertThat(client.complete(response, LIMIT)).isNotNull();
	}

	@Test
	void completeWhenABitOfTheRequestWasFlippedIsRefused() throws Exception {
		ClientKeyExchange client = new ClientKeyExchange();
		byte[] request = client.request();
		for (int bit = 8; bit < 8 * request.length; bit += 5) {
			if (bit == IGNORED) {
				continue;
			}
			byte[] response = ServerKeyExchange.answer(FrameBytes.flip(request, bit), LIMIT).response();
			assertThatExceptionOfType(ChannelException.class).as("bit %d", bit)
				.isThrownBy(() -> client.complete(response, LIMIT));
		}
	}

	@Test
	void completeWhenResponseIsThatOfAnotherClientIsRefused() throws Exception {
		byte[] response = ServerKeyExchange.answer(new ClientKeyExchange().request(), LIMIT).response();
		assertThatExceptionOfType(ChannelException.class)
			.isThrownBy(() -> new ClientKeyExchange().complete(response, LIMIT));
	}

	@Test
	void foreignClientWhenResponseHasAFlippedBitRefusesIt() {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		InputStream in = new LateInput() {

			@Override
			byte[] more() throws IOException {
				return FrameBytes.flip(ServerKeyExchange.answer(taken(out), LIMIT).response(), 8 * 69 - 1);
			}

		};
		assertThatIOException().isThrownBy(() -> ForeignPeer.client(in, out)).withMessageContaining("tag");
	}

	// The token is encrypted as messages are, and could pass for one
	@Test
	void readWhenTokenComesAsAMessageIsRefused() throws Exception {
		ClientKeyExchange exchange = new ClientKeyExchange();
		ServerKeyExchange answer = ServerKeyExchange.answer(exchange.request(), LIMIT);
		EncryptedFrames client = exchange.complete(answer.response(), LIMIT);
		byte[] frame = new byte[4 + 36];
		frame[3] = 24;
		System.arraycopy(answer.response(), 33, frame, 4, 36);
		assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> FrameBytes.read(client, frame))
			.withMessageContaining("came twice");
		assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> FrameBytes.read(answer.frames(), frame))
			.withMessageContaining("came back");
	}

	@Test
	void completeWhenMessagesAreShorterThanTheTokenAgrees() throws Exception {
		ClientKeyExchange exchange = new ClientKeyExchange();
		ServerKeyExchange answer = ServerKeyExchange.answer(exchange.request(), 1);
		EncryptedFrames client = exchange.complete(answer.response(), 1);
		assertThat(FrameBytes.read(answer.frames(), FrameBytes.write(client, new byte[] { 7 }))).containsExactly(7);
	}

	@Test
	void responseIsACopy() throws Exception {
		ServerKeyExchange answer = ServerKeyExchange.answer(new ClientKeyExchange().request(), LIMIT);
		answer.response()[0] = 7;
		assertThat(answer.response()).startsWith(2);
	}

	private static void exchange(EncryptedFrames frames, ForeignPeer peer, LateInput in, ByteArrayOutputStream out)
			throws IOException {
		for (int size : new int[] { 0, 1, 15, 16, 17, LIMIT }) {
			byte[] message = FrameBytes.message(size);
			peer.send(message);
			byte[] frame = taken(out);
			assertThat(FrameBytes.read(frames, frame)).isEqualTo(message);
			assertThat(frame).isEqualTo(peer.frame(message, peer.lastNonce()));
			in.put(FrameBytes.write(frames, message));
			assertThat(peer.receive()).isEqualTo(message);
		}
		in.put(frames.closing());
		assertThat(peer.receive()).isNull();
		peer.close();
		assertThat(taken(out)).isEqualTo(frames.closing());
	}

	private static byte[] taken(ByteArrayOutputStream out) {
		byte[] bytes = out.toByteArray();
		out.reset();
		return bytes;
	}

	private static byte[] bytes(int length) {
		return FrameBytes.message(length);
	}

	private static byte[] publicKey(byte[] privateKey) {
		return new X25519PrivateKeyParameters(privateKey).generatePublicKey().getEncoded();
	}

	private static byte[] secret(byte[] privateKey, byte[] publicKey) throws IOException {
		return ForeignPeer.agree(new X25519PrivateKeyParameters(privateKey), publicKey);
	}

	/**
	 * Input of which more comes later.
	 */
	private static class LateInput extends InputStream {

		private ByteArrayInputStream bytes = new ByteArrayInputStream(new byte[0]);

		private boolean asked;

		void put(byte[] more) {
			this.bytes = new ByteArrayInputStream(more);
		}

		byte[] more() throws IOException {
			return new byte[0];
		}

		@Override
		public int read() throws IOException {
			if (this.bytes.available() == 0 && !this.asked) {
				byte[] more = more();
				this.asked = more.length > 0;
				put(more);
			}
			return this.bytes.read();
		}

		@Override
		public int read(byte[] target, int offset, int length) throws IOException {
			if (length == 0) {
				return 0;
			}
			int first = read();
			if (first < 0) {
				return -1;
			}
			target[offset] = (byte) first;
			return 1 + Math.max(0, this.bytes.read(target, offset + 1, length - 1));
		}

	}

}
