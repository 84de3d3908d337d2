package dev.mtls.boot.autoconfigure;

import java.time.Instant;

import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import dev.mtls.boot.audit.AuditLog;
import dev.mtls.boot.gate.GateWalker;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the audit log.
 */
@AutoConfiguration(after = MtlsAutoConfiguration.class)
@ConditionalOnMtls({ MtlsServerProperties.PREFIX, MtlsClientProperties.PREFIX, NamedClients.PREFIX,
		TcpServerProperties.PREFIX, TunnelProperties.PREFIX })
@ConditionalOnClass(LoggingEventBuilder.class)
@ConditionalOnBooleanProperty(name = "mtls.audit.enabled", matchIfMissing = true)
public final class MtlsAuditAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	AuditLog mtlsAuditLog(GateWalker walker) {
		AuditLog log = new AuditLog();
		walker.add(() -> log.summarize(Instant.now()));
		return log;
	}

}
