package dev.mtls.tcp.netty;

import java.util.List;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.mtls.tcp.Site;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GatedSslContexts}.
 */
class GatedSslContextsTests {

	private final Site site = new Site();

	@AfterEach
	void close() {
		this.site.close();
	}

	@ParameterizedTest
	@EnumSource(names = { "JDK", "OPENSSL" })
	void contextOfClientKeepsFewSessions(SslProvider engine) {
		SslContext context = new GatedSslContexts(this.site.clientGate("app"), "mtls.client", engine, List.of())
			.create();
		try {
			assertThat(context.sessionContext().getSessionCacheSize()).isEqualTo(1024);
		}
		finally {
			ReferenceCountUtil.release(context);
		}
	}

}
