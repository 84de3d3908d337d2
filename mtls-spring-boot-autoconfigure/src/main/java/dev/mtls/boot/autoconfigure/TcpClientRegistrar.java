package dev.mtls.boot.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.RuntimeBeanReference;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.pool.MtlsTcpPool;

/**
 * {@link ImportBeanDefinitionRegistrar} with a bean for each TCP client and one for its
 * pool, unless the application has one of that name.
 */
final class TcpClientRegistrar implements ImportBeanDefinitionRegistrar {

	static final String FACTORY = "mtlsTcpClients";

	private static final String POOL_LIBRARY = "reactor.pool.PoolBuilder";

	private final Environment environment;

	private final boolean pools;

	TcpClientRegistrar(Environment environment, ClassLoader classLoader) {
		this.environment = environment;
		this.pools = ClassUtils.isPresent(POOL_LIBRARY, classLoader);
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
		TcpClientProperties.of(this.environment).forEach((name, properties) -> {
			registerClient(name, registry);
			if (this.pools) {
				registerPool(name, registry);
			}
			else if (properties.pool() != null) {
				throw new MtlsException(Reason.CONFIGURATION_INVALID, TcpClientProperties.prefix(name) + ".pool",
						"Reactor Pool is not on the class path, which pools need",
						"add io.projectreactor.addons:reactor-pool, or remove the properties");
			}
		});
	}

	private static void registerClient(String name, BeanDefinitionRegistry registry) {
		if (registry.isBeanNameInUse(name)) {
			checkType(name, registry);
		}
		else {
			registry.registerBeanDefinition(name, made(MtlsTcpClient.class, "client", name));
		}
	}

	private static void registerPool(String name, BeanDefinitionRegistry registry) {
		String pool = name + "Pool";
		if (!registry.isBeanNameInUse(pool)) {
			registry.registerBeanDefinition(pool, pool(name));
		}
	}

	// Not before it is used, and found with the qualifier that the client has
	private static RootBeanDefinition pool(String name) {
		RootBeanDefinition definition = made(MtlsTcpPool.class, "pool", name);
		definition.getConstructorArgumentValues().addIndexedArgumentValue(1, new RuntimeBeanReference(name));
		definition.setLazyInit(true);
		definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
		return definition;
	}

	private static RootBeanDefinition made(Class<?> type, String method, String name) {
		RootBeanDefinition definition = new RootBeanDefinition(type);
		definition.setFactoryBeanName(FACTORY);
		definition.setFactoryMethodName(method);
		definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
		return definition;
	}

	private static void checkType(String name, BeanDefinitionRegistry registry) {
		Class<?> type = typeOf(name, registry);
		if (type != null && !MtlsTcpClient.class.isAssignableFrom(type)) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, TcpClientProperties.prefix(name),
					"there is a bean '%s' already, and it is a %s".formatted(name, type.getName()),
					"choose another name for the client or the bean");
		}
	}

	private static @Nullable Class<?> typeOf(String name, BeanDefinitionRegistry registry) {
		return (registry instanceof ConfigurableListableBeanFactory beanFactory) ? beanFactory.getType(name, false)
				: null;
	}

}
