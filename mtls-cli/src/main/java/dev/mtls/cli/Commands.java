package dev.mtls.cli;

import java.lang.reflect.Constructor;
import java.time.InstantSource;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/**
 * Makes commands, and gives the clock to those that take one.
 */
final class Commands implements IFactory {

	private final IFactory others = CommandLine.defaultFactory();

	private final InstantSource clock;

	Commands(InstantSource clock) {
		this.clock = clock;
	}

	@Override
	public <K> K create(Class<K> type) throws Exception {
		for (Constructor<?> constructor : type.getDeclaredConstructors()) {
			if (constructor.getParameterCount() == 1 && constructor.getParameterTypes()[0] == InstantSource.class) {
				constructor.setAccessible(true);
				return type.cast(constructor.newInstance(this.clock));
			}
		}
		return this.others.create(type);
	}

}
