/**
 * What controllers, servlet and reactive, are told of the peer.
 */
@NullMarked
package dev.mtls.boot.web;

import org.jspecify.annotations.NullMarked;
