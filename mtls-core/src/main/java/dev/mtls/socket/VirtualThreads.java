package dev.mtls.socket;

import java.util.concurrent.ThreadFactory;

import org.jspecify.annotations.Nullable;

/**
 * Virtual threads, which a JDK has since version 21.
 */
public final class VirtualThreads {

	private VirtualThreads() {
	}

	/**
	 * Make a factory of virtual threads.
	 * @param prefix what their names begin with
	 * @return the factory, or {@code null} if this JDK has none
	 */
	public static @Nullable ThreadFactory factory(String prefix) {
		try {
			Class<?> type = Class.forName("java.lang.Thread$Builder");
			Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
			builder = type.getMethod("name", String.class, long.class).invoke(builder, prefix, 0L);
			return (ThreadFactory) type.getMethod("factory").invoke(builder);
		}
		catch (ReflectiveOperationException ex) {
			return null;
		}
	}

}
