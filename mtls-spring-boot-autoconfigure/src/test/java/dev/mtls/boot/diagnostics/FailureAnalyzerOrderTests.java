package dev.mtls.boot.diagnostics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the order of {@link MtlsFailureAnalyzer} and
 * {@link UnknownKeyFailureAnalyzer}.
 */
class FailureAnalyzerOrderTests {

	@Test
	void analyzersComeBeforeThoseOfSpringBootWhateverTheClassPath() {
		// Those that need a bean factory are left out
		List<FailureAnalyzer> analyzers = new ArrayList<>(SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class, FailureHandler.handleMessage((message, failure) -> {
			})));
		Collections.reverse(analyzers);
		AnnotationAwareOrderComparator.sort(analyzers);
		List<String> names = analyzers.stream().map((analyzer) -> analyzer.getClass().getSimpleName()).toList();
		assertThat(names).containsSubsequence("MtlsFailureAnalyzer", "BindFailureAnalyzer")
			.containsSubsequence("UnknownKeyFailureAnalyzer", "UnboundConfigurationPropertyFailureAnalyzer");
	}

}
