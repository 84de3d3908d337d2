package dev.mtls.source;

import java.util.List;

import dev.mtls.decision.MtlsException;

/**
 * Where bytes come from: a property and the location that it holds. A source can be read
 * again and again; what it yields may change between two reads. Its {@code toString} is
 * its {@link #place()}.
 * <p>
 * A location is one of
 * <ul>
 * <li>{@code file:/etc/tls/tls.crt}, {@code file:///etc/tls/tls.crt},
 * {@code file:tls.crt} or a bare path. A relative path starts at the working directory;
 * percent signs are taken as they stand.</li>
 * <li>{@code classpath:tls.crt}, looked up with the class loader that was the thread's
 * context class loader when the source was created.</li>
 * <li>{@code base64:} and Base64 text, in which white space is skipped.</li>
 * <li>PEM text: whatever holds {@code -----BEGIN}.</li>
 * </ul>
 */
public interface Source {

	/**
	 * The number of bytes that a document may have where no other limit is given.
	 */
	int DEFAULT_LIMIT = 1024 * 1024;

	/**
	 * The property and its location, never their secret content.
	 * @return the place, such as {@code mtls.server.certificate=file:/etc/tls/tls.crt} or
	 * {@code mtls.server.private-key=(inline PEM)}
	 */
	String place();

	/**
	 * Read the content as it is now. The caller closes the documents.
	 * @return the documents, in a stable order
	 * @throws MtlsException with {@code SOURCE_UNREADABLE} when there is nothing to read
	 * or it may not be read, with {@code MATERIAL_INVALID} when there is more than the
	 * limit allows
	 */
	List<Document> read();

	/**
	 * Create a source of exactly one document of at most {@link #DEFAULT_LIMIT} bytes.
	 * @param property the name of the property that holds the location
	 * @param location the location
	 * @return the source
	 * @throws MtlsException with {@code CONFIGURATION_INVALID} when the location is none
	 */
	static Source of(String property, String location) {
		return of(property, location, DEFAULT_LIMIT);
	}

	/**
	 * Create a source of exactly one document.
	 * @param property the name of the property that holds the location
	 * @param location the location
	 * @param limit the number of bytes that the document may have
	 * @return the source
	 * @throws MtlsException with {@code CONFIGURATION_INVALID} when the location is none
	 */
	static Source of(String property, String location, int limit) {
		return Location.parse(property, location).toSource(limit);
	}

	/**
	 * Create a source of any number of documents of at most {@link #DEFAULT_LIMIT} bytes
	 * each.
	 * @param property the name of the property that holds the location
	 * @param location the location, a directory or a glob
	 * @return the source
	 * @throws MtlsException with {@code CONFIGURATION_INVALID} when the location is none
	 * @see #ofMany(String, String, int)
	 */
	static Source ofMany(String property, String location) {
		return ofMany(property, location, DEFAULT_LIMIT);
	}

	/**
	 * Create a source of any number of documents. Besides what {@link #of} takes, the
	 * location may be
	 * <ul>
	 * <li>a directory: its files whose names end in {@code .pem}, {@code .crt},
	 * {@code .cer} or {@code .der} in any case, sorted by name, not those of its
	 * directories;</li>
	 * <li>a glob such as {@code file:/etc/ca/*.crt}: the files whose names match, sorted
	 * by name. Only the last segment of the path may hold {@code *} and {@code ?};</li>
	 * <li>any of these after {@code optional:}, for which nothing to read means no
	 * documents.</li>
	 * </ul>
	 * In directories and globs, names that begin with a period are skipped, as a shell
	 * does, so that nothing in a mounted ConfigMap or Secret is read a second time
	 * through {@code ..data}.
	 * @param property the name of the property that holds the location
	 * @param location the location, a directory or a glob
	 * @param limit the number of bytes that each document may have
	 * @return the source
	 * @throws MtlsException with {@code CONFIGURATION_INVALID} when the location is none
	 */
	static Source ofMany(String property, String location, int limit) {
		String text = location.strip();
		boolean optional = text.startsWith(Location.OPTIONAL);
		String rest = optional ? text.substring(Location.OPTIONAL.length()) : location;
		return Location.parse(property, rest).toSourceOfMany(limit, optional);
	}

}
