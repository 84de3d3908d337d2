package dev.mtls.boot.web;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Finds what the {@link RequireClientCert} of each handler says, once.
 */
public final class ClientCertRequirements {

	private final ConfigurableListableBeanFactory beanFactory;

	private final Map<Place, Optional<ClientCertRequirement>> requirements = new ConcurrentHashMap<>();

	/**
	 * Create requirements that are not known yet.
	 * @param beanFactory knows the handlers
	 */
	public ClientCertRequirements(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Look at a handler.
	 * @param handler the handler, a {@link HandlerMethod} or any other object
	 * @return whether it has a requirement
	 * @throws MtlsException if what its annotation says cannot be used
	 */
	public boolean exist(Object handler) {
		return of(handler) != null;
	}

	/**
	 * Look at a method.
	 * @param type the type whose method it is
	 * @param method the method
	 * @return whether it has a requirement
	 * @throws MtlsException if what its annotation says cannot be used
	 */
	public boolean exist(Class<?> type, Method method) {
		return this.requirements.computeIfAbsent(Place.of(type, method), Place::find).isPresent();
	}

	/**
	 * The SPIFFE trust domains of the requirements that were looked at.
	 * @return the names of the trust domains
	 */
	Set<String> trustDomains() {
		return this.requirements.values()
			.stream()
			.flatMap(Optional::stream)
			.flatMap((requirement) -> requirement.policy().trustDomains().stream())
			.collect(Collectors.toSet());
	}

	@Nullable ClientCertRequirement of(Object handler) {
		return this.requirements.computeIfAbsent(placeOf(handler), Place::find).orElse(null);
	}

	private Place placeOf(Object handler) {
		if (!(handler instanceof HandlerMethod handlerMethod)) {
			return new Place(AopProxyUtils.ultimateTargetClass(handler), null);
		}
		return Place.of(typeOf(handlerMethod), handlerMethod.getMethod());
	}

	private Class<?> typeOf(HandlerMethod handler) {
		if (handler.getBean() instanceof String name) {
			Class<?> type = AutoProxyUtils.determineTargetClass(this.beanFactory, name);
			return (type != null) ? ClassUtils.getUserClass(type) : handler.getBeanType();
		}
		return AopProxyUtils.ultimateTargetClass(handler.getBean());
	}

	/**
	 * Where a requirement may be.
	 *
	 * @param type the type of the handler
	 * @param method its method, or {@code null} if it is no controller
	 */
	private record Place(Class<?> type, @Nullable Method method) {

		// The method is one of an interface where the controller is a proxy of the JDK
		static Place of(Class<?> type, Method method) {
			return new Place(type,
					BridgeMethodResolver.findBridgedMethod(ClassUtils.getMostSpecificMethod(method, type)));
		}

		Optional<ClientCertRequirement> find() {
			String[] allowed = (this.method != null) ? find(this.method) : null;
			if (allowed == null) {
				allowed = find(this.type);
			}
			return Optional.ofNullable(allowed).map((rules) -> ClientCertRequirement.parse(toString(), rules));
		}

		private String @Nullable [] find(AnnotatedElement element) {
			List<MergedAnnotation<RequireClientCert>> found = MergedAnnotations
				.from(element, SearchStrategy.TYPE_HIERARCHY)
				.stream(RequireClientCert.class)
				.toList();
			if (found.isEmpty()) {
				return null;
			}
			String[] nearest = found.get(0).getStringArray("allowed");
			for (MergedAnnotation<RequireClientCert> other : found) {
				if (other.getAggregateIndex() == found.get(0).getAggregateIndex()
						&& !Arrays.equals(other.getStringArray("allowed"), nearest)) {
					throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "@RequireClientCert of " + this,
							"it is there several times, and each time it allows others",
							"keep one, with all whom it allows");
				}
			}
			return nearest;
		}

		@Override
		public String toString() {
			return (this.method != null) ? "%s.%s".formatted(this.type.getName(), this.method.getName())
					: this.type.getName();
		}

	}

}
