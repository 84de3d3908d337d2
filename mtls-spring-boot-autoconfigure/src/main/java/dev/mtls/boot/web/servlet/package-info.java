/**
 * The peer in Spring MVC.
 */
@NullMarked
package dev.mtls.boot.web.servlet;

import org.jspecify.annotations.NullMarked;
