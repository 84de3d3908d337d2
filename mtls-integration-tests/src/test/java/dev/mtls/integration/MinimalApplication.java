package dev.mtls.integration;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import dev.mtls.boot.web.ClientCert;

/**
 * An application of one class, which says what it finds on its class path.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
public class MinimalApplication {

	private final ListableBeanFactory beans;

	MinimalApplication(ListableBeanFactory beans) {
		this.beans = beans;
	}

	/**
	 * Start it, and write its port.
	 * @param args its arguments
	 */
	public static void main(String[] args) {
		ConfigurableApplicationContext context = SpringApplication.run(MinimalApplication.class, args);
		System.out.println("port=" + context.getEnvironment().getRequiredProperty("local.server.port"));
	}

	@GetMapping("/name")
	String name(@ClientCert String name) {
		return name;
	}

	@GetMapping("/present")
	String present(@RequestParam String type) {
		return String.valueOf(ClassUtils.isPresent(type, getClass().getClassLoader()));
	}

	@GetMapping("/beans")
	String beans() {
		return String.join("\n", this.beans.getBeanDefinitionNames());
	}

}
