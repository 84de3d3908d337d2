package dev.mtls.tls;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;

import javax.net.ssl.SSLParameters;

import org.jspecify.annotations.Nullable;

/**
 * The named groups of {@link SSLParameters}, which a JDK has since version 20.
 */
final class NamedGroups {

	private static final @Nullable MethodHandle GETTER = find("getNamedGroups", MethodType.methodType(String[].class));

	private static final @Nullable MethodHandle SETTER = find("setNamedGroups",
			MethodType.methodType(void.class, String[].class));

	private NamedGroups() {
	}

	static List<String> get(SSLParameters parameters) {
		if (GETTER == null) {
			return List.of();
		}
		try {
			String @Nullable [] groups = (String[]) GETTER.invoke(parameters);
			return (groups != null) ? List.of(groups) : List.of();
		}
		catch (Throwable ex) {
			throw new IllegalStateException("Named groups cannot be read", ex);
		}
	}

	static void set(SSLParameters parameters, List<String> groups) {
		if (SETTER == null) {
			return;
		}
		try {
			SETTER.invoke(parameters, groups.toArray(String[]::new));
		}
		catch (Throwable ex) {
			throw new IllegalStateException("Named groups cannot be set", ex);
		}
	}

	private static @Nullable MethodHandle find(String name, MethodType type) {
		try {
			return MethodHandles.publicLookup().findVirtual(SSLParameters.class, name, type);
		}
		catch (ReflectiveOperationException ex) {
			return null;
		}
	}

}
