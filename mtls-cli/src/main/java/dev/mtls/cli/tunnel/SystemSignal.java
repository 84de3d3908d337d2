package dev.mtls.cli.tunnel;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * A signal of the operating system. The class behind it is on no compiler's list of what
 * may be used, and there is no other.
 *
 * @param name the name, such as {@code HUP}
 */
record SystemSignal(String name) {

	private static final String SIGNAL = "sun.misc.Signal";

	private static final String HANDLER = "sun.misc.SignalHandler";

	/**
	 * Handle the signal from now on.
	 * @param handler is run for each
	 * @return whether there is such a signal, and the runtime does not keep it to itself
	 */
	boolean handle(Runnable handler) {
		try {
			Class<?> type = Class.forName(SIGNAL);
			Class<?> handlerType = Class.forName(HANDLER);
			InvocationHandler invocation = (proxy, method, args) -> {
				if (method.getDeclaringClass() == Object.class) {
					return method.invoke(handler, args);
				}
				handler.run();
				return null;
			};
			Object proxy = Proxy.newProxyInstance(handlerType.getClassLoader(), new Class<?>[] { handlerType },
					invocation);
			type.getMethod("handle", type, handlerType).invoke(null, signal(type), proxy);
			return true;
		}
		catch (ReflectiveOperationException ex) {
			return false;
		}
	}

	/**
	 * The number of the signal.
	 * @return the number, or 0 if there is no such signal
	 */
	int number() {
		try {
			Class<?> type = Class.forName(SIGNAL);
			return (int) type.getMethod("getNumber").invoke(signal(type));
		}
		catch (ReflectiveOperationException ex) {
			return 0;
		}
	}

	private Object signal(Class<?> type) throws ReflectiveOperationException {
		return type.getConstructor(String.class).newInstance(this.name);
	}

}
