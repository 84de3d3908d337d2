package dev.mtls.boot.forwarded;

import java.util.List;

/**
 * The header fields of a request.
 */
@FunctionalInterface
public interface RequestFields {

	/**
	 * The values of all lines of a field.
	 * @param name the name, compared without regard to case and in no other spelling
	 * @return the value of each line in the order of the lines; empty if there is none
	 */
	List<String> values(String name);

}
