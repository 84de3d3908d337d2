package dev.mtls.boot.gate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.mtls.gate.Gate;

/**
 * The gates of the application, for who looks at all of them. One of a management port of
 * its own comes when that starts.
 */
public final class GateRegistry {

	private final List<Gate> gates = new ArrayList<>();

	private final Set<String> bundles = new HashSet<>();

	private final List<Consumer<Gate>> listeners = new ArrayList<>();

	/**
	 * Add a gate.
	 * @param gate the gate
	 * @param bundle the SSL bundle that its material is from, or {@code null} if that has
	 * locations of its own
	 */
	public synchronized void add(Gate gate, @Nullable String bundle) {
		this.gates.add(gate);
		this.bundles.add("mtls-" + gate.settings().name());
		if (bundle != null) {
			this.bundles.add(bundle);
		}
		this.listeners.forEach((listener) -> listener.accept(gate));
	}

	/**
	 * Add a further SSL bundle of a gate, beside the one that has its name.
	 * @param bundle the name of the bundle
	 */
	public synchronized void addBundle(String bundle) {
		this.bundles.add(bundle);
	}

	/**
	 * The SSL bundles that are those of gates, or that gates have their material from.
	 * @return their names
	 */
	public synchronized Set<String> bundles() {
		return Set.copyOf(this.bundles);
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
