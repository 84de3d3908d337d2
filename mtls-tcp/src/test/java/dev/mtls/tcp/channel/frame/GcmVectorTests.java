package dev.mtls.tcp.channel.frame;

import java.nio.ByteBuffer;
import java.util.HexFormat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.tcp.channel.ForeignPeer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@link EncryptedFrames} encrypts with AES-256-GCM: vectors without
 * additional data, 13 to 15 of "The Galois/Counter Mode of Operation (GCM)" (McGrew and
 * Viega), and those of NIST's {@code gcmEncryptExtIV256.rsp} by their lengths of
 * plaintext in bits.
 */
class GcmVectorTests {

	@ParameterizedTest(name = "{0}")
	@CsvSource({
			"13,0000000000000000000000000000000000000000000000000000000000000000,000000000000000000000000,'','',"
					+ "530f8afbc74536b9a963b4f1c4cb738b",
			"14,0000000000000000000000000000000000000000000000000000000000000000,000000000000000000000000,"
					+ "00000000000000000000000000000000,cea7403d4d606b6e074ec5d3baf39d18,"
					+ "d0d1c8a799996bf0265b98b5d48ab919",
			"15,feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308,cafebabefacedbaddecaf888,"
					+ "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
					+ "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255,"
					+ "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
					+ "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad,b094dac5d93471bdec1a502270e3cc6c",
			"0 (0),b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4,516c33929df5a3284ff463d7,'','',"
					+ "bdc1ac884d332457a1d2664f168c76f0",
			"0 (1),5fe0861cdc2690ce69b3658c7f26f8458eec1c9243c5ba0845305d897e96ca0f,770ac1a5a3d476d5d96944a1,'','',"
					+ "196d691e1047093ca4b3d2ef4baba216",
			"104 (0),82c4f12eeec3b2d3d157b0f992d292b237478d2cecc1d5f161389b97f999057a,7b40b20f5f397177990ef2d1,"
					+ "982a296ee1cd7086afad976945,ec8e05a0471d6b43a59ca5335f,113ddeafc62373cac2f5951bb9165249",
			"104 (1),db4340af2f835a6c6d7ea0ca9d83ca81ba02c29b7410f221cb6071114e393240,40e438357dd80a85cac3349e,"
					+ "8ddb3397bd42853193cb0f80c9,b694118c85c41abf69e229cb0f,c07f1b8aafbd152f697eb67f2a85fe45",
			"128 (0),31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22,0d18e06c7c725ac9e362e1ce,"
					+ "2db5168e932556f8089a0622981d017d,fa4362189661d163fcd6a56d8bf0405a,"
					+ "d636ac1bbedd5cc3ee727dc2ab4a9489",
			"128 (1),460fc864972261c2560e1eb88761ff1c992b982497bd2ac36c04071cbb8e5d99,8a4a16b9e210eb68bcb6f58d,"
					+ "99e4e926ffe927f691893fb79a96b067,133fc15751621b5f325c7ff71ce08324,"
					+ "ec4e87e0cf74a13618d0b68636ba9fa7",
			"408 (0),1fded32d5999de4a76e0f8082108823aef60417e1896cf4218a2fa90f632ec8a,1f3afa4711e9474f32e70462,"
					+ "06b2c75853df9aeb17befd33cea81c630b0fc53667ff45199c629c8e15dce41e"
					+ "530aa792f796b8138eeab2e86c7b7bee1d40b0,"
					+ "91fbd061ddc5a7fcc9513fcdfdc9c3a7c5d4d64cedf6a9c24ab8a77c36eefbf1"
					+ "c5dc00bc50121b96456c8cd8b6ff1f8b3e480f,30096d340f3d5c42d82a6f475def23eb" })
	void encryptWhenVectorIsItsCiphertext(String name, String key, String nonce, String plaintext, String ciphertext,
			String tag) throws Exception {
		ByteBuffer encrypted = ByteBuffer.allocate(Nonce.LENGTH + plaintext.length() / 2 + EncryptedFrames.TAG);
		frames(key, bytes(nonce)).encrypt(bytes(plaintext), encrypted);
		assertThat(encrypted.array()).asHexString().isEqualToIgnoringCase(nonce + ciphertext + tag);
		assertThat(frames(key, new byte[Nonce.LENGTH]).decrypt(encrypted.flip())).isEqualTo(bytes(plaintext));
		// The vector is right, not only what this test and the class make of it
		assertThat(ForeignPeer.seal(bytes(key), bytes(nonce), bytes(plaintext))).isEqualTo(bytes(ciphertext + tag));
	}

	private static EncryptedFrames frames(String key, byte[] nonce) {
		return new EncryptedFrames(new SharedKey(bytes(key)), 100, new CounterNonces(Nonce.of(nonce), 0));
	}

	private static byte[] bytes(String hex) {
		return HexFormat.of().parseHex(hex);
	}

}
