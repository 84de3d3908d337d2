package dev.mtls.tcp.channel.blocking;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.channel.frame.Frames;

/**
 * What holds for each channel, whatever its connection.
 *
 * @param maxMessageSize the size of the longest message in bytes
 * @param readTimeout how long a read waits, or {@code null} for no bound
 * @param keyExchangeTimeout how long a key exchange may take in all
 */
record ChannelSettings(int maxMessageSize, @Nullable Duration readTimeout, Duration keyExchangeTimeout) {

	static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

	static final ChannelSettings DEFAULTS = new ChannelSettings(Frames.DEFAULT_MAX_MESSAGE_SIZE, null, DEFAULT_TIMEOUT);

	ChannelSettings {
		Frames.checkMaxMessageSize(maxMessageSize);
		if (readTimeout != null) {
			check("readTimeout", readTimeout);
		}
		check("keyExchangeTimeout", keyExchangeTimeout);
	}

	/**
	 * Check that a duration is one that can be waited for.
	 * @param place what it is
	 * @param duration the duration
	 * @return the duration
	 * @throws MtlsException if it is not positive
	 */
	static Duration check(String place, Duration duration) {
		if (duration.isNegative() || duration.isZero()) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s=%s".formatted(place, duration),
					"the duration is not positive", "set a duration such as PT10S");
		}
		return duration;
	}

	ChannelSettings withMaxMessageSize(int maxMessageSize) {
		return new ChannelSettings(maxMessageSize, this.readTimeout, this.keyExchangeTimeout);
	}

	ChannelSettings withReadTimeout(@Nullable Duration readTimeout) {
		return new ChannelSettings(this.maxMessageSize, readTimeout, this.keyExchangeTimeout);
	}

	ChannelSettings withKeyExchangeTimeout(Duration keyExchangeTimeout) {
		return new ChannelSettings(this.maxMessageSize, this.readTimeout, keyExchangeTimeout);
	}

}
