package dev.mtls.boot.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import dev.mtls.gate.Gate;

/**
 * The gates of the application, for who looks at all of them. One of a management port of
 * its own comes when that starts.
 */
public final class GateRegistry {

	private final List<Gate> gates = new ArrayList<>();

	private final List<Consumer<Gate>> listeners = new ArrayList<>();

	/**
	 * Add a gate. More than once does no harm.
	 * @param gate the gate
	 */
	public synchronized void add(Gate gate) {
		if (!this.gates.contains(gate)) {
			this.gates.add(gate);
			this.listeners.forEach((listener) -> listener.accept(gate));
		}
	}

	/**
	 * Look at each gate, those that are added later included.
	 * @param listener is told each gate once
	 */
	public synchronized void forEach(Consumer<Gate> listener) {
		this.listeners.add(listener);
		this.gates.forEach(listener);
	}

	/**
	 * The gates.
	 * @return the gates there are now, in the order in which they were opened
	 */
	public synchronized List<Gate> gates() {
		return List.copyOf(this.gates);
	}

	/**
	 * Find a gate by its name.
	 * @param name the name, such as {@code server}
	 * @return the gate, if there is one
	 */
	public Optional<Gate> find(String name) {
		return gates().stream().filter((gate) -> gate.settings().name().equals(name)).findFirst();
	}

}
