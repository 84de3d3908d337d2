/**
 * Who may come in and from where: pure rules over identity and address.
 */
@NullMarked
package dev.mtls.policy;

import org.jspecify.annotations.NullMarked;
