package dev.mtls.boot.messaging;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.annotation.support.SimpAnnotationMethodMessageHandler;
import org.springframework.messaging.support.ExecutorSubscribableChannel;
import org.springframework.stereotype.Controller;

import dev.mtls.boot.autoconfigure.MtlsWebMvcAutoConfiguration;
import dev.mtls.boot.web.RequireClientCert;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UnenforcedRequirements}.
 */
class UnenforcedRequirementsTests {

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MtlsWebMvcAutoConfiguration.class))
		.withUserConfiguration(Messages.class);

	@Test
	void startWhenAMethodForMessagesRequiresACertificateFails() {
		this.runner.withUserConfiguration(Guarded.class)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.asInstanceOf(InstanceOfAssertFactories.throwable(MtlsException.class))
				.hasMessageStartingWith("@RequireClientCert of %s.handle: ".formatted(Guarded.class.getName()))
				.extracting(MtlsException::reason)
				.isEqualTo(Reason.CONFIGURATION_INVALID));
	}

	@Test
	void startWhenNoneDoesSucceeds() {
		this.runner.withUserConfiguration(Open.class).run((context) -> assertThat(context).hasNotFailed());
	}

	/**
	 * What handles messages.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Messages {

		@Bean
		SimpAnnotationMethodMessageHandler messageHandler() {
			ExecutorSubscribableChannel channel = new ExecutorSubscribableChannel();
			return new SimpAnnotationMethodMessageHandler(channel, channel, new SimpMessagingTemplate(channel));
		}

	}

	/**
	 * Nobody asks for what its type says.
	 */
	@Controller
	@RequireClientCert
	static class Guarded {

		@MessageMapping("/message")
		void handle(String message) {
		}

	}

	/**
	 * Says nothing.
	 */
	@Controller
	static class Open {

		@MessageMapping("/message")
		void handle(String message) {
		}

	}

}
