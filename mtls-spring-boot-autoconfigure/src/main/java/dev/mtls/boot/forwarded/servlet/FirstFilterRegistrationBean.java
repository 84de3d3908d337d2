package dev.mtls.boot.forwarded.servlet;

import java.util.EnumSet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

/**
 * Registers a filter before all others, those with the highest precedence included, for
 * all paths and dispatches.
 *
 * @param <T> the type of the filter
 */
public final class FirstFilterRegistrationBean<T extends Filter> extends FilterRegistrationBean<T>
		implements PriorityOrdered {

	/**
	 * Register a filter.
	 * @param filter the filter
	 */
	public FirstFilterRegistrationBean(T filter) {
		super(filter);
		setDispatcherTypes(EnumSet.allOf(DispatcherType.class));
		setOrder(Ordered.HIGHEST_PRECEDENCE);
	}

}
