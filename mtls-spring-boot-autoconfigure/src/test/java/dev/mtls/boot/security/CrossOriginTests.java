package dev.mtls.boot.security;

import java.net.URI;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CrossOrigin}.
 */
class CrossOriginTests {

	private static final URI TARGET = URI.create("https://app.example.com:8443/path");

	@ParameterizedTest
	@CsvSource(nullValues = "-", textBlock = """
			# method | upgrade   | Sec-Fetch-Site | Origin                              | forbidden
			GET      , -         , cross-site     , https://evil.example.org            , false
			HEAD     , -         , cross-site     , https://evil.example.org            , false
			OPTIONS  , -         , cross-site     , https://evil.example.org            , false
			TRACE    , -         , cross-site     , -                                   , false
			POST     , -         , -              , -                                   , false
			POST     , -         , same-origin    , https://app.example.com:8443        , false
			POST     , -         , same-origin    , https://evil.example.org            , false
			POST     , -         , none           , -                                   , false
			POST     , -         , cross-site     , -                                   , true
			PUT      , -         , cross-site     , https://app.example.com:8443        , true
			DELETE   , -         , same-site      , https://www.example.com             , true
			PATCH    , -         , ''             , -                                   , true
			POST     , -         , SAME-ORIGIN    , -                                   , true
			POST     , -         , 'none, none'   , -                                   , true
			POST     , -         , -              , https://app.example.com:8443        , false
			POST     , -         , -              , https://APP.example.com:8443        , false
			POST     , -         , -              , https://app.example.com             , true
			POST     , -         , -              , http://app.example.com:8443         , true
			POST     , -         , -              , https://evil.example.org:8443       , true
			POST     , -         , -              , https://app.example.com.evil.org    , true
			POST     , -         , -              , null                                , true
			POST     , -         , -              , ''                                  , true
			POST     , -         , -              , 'https://app.example.com:8443 x'    , true
			get      , -         , cross-site     , -                                   , true
			CONNECT  , -         , cross-site     , -                                   , true
			GET      , websocket , cross-site     , https://evil.example.org            , true
			GET      , WebSocket , -              , https://evil.example.org            , true
			GET      , websocket , same-origin    , https://app.example.com:8443        , false
			GET      , websocket , -              , -                                   , false
			GET      , h2c       , cross-site     , https://evil.example.org            , false
			""")
	void isForbiddenTellsWhatAnotherOriginSends(String method, @Nullable String upgrade, @Nullable String fetchSite,
			@Nullable String origin, boolean forbidden) {
		assertThat(new CrossOrigin(method, upgrade, fetchSite, origin, () -> TARGET).isForbidden())
			.isEqualTo(forbidden);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			https://app.example.com     , https://app.example.com      , false
			https://app.example.com     , https://app.example.com:443  , false
			https://app.example.com:443 , https://app.example.com      , false
			http://app.example.com      , http://app.example.com:80    , false
			https://app.example.com     , https://app.example.com:80   , true
			https://[::1]:8443          , https://[::1]:8443           , false
			https://a_b:8443            , https://a_b:8443             , true
			""")
	void isForbiddenComparesPortsAsTheyAreMeant(URI target, String origin, boolean forbidden) {
		assertThat(new CrossOrigin("POST", null, null, origin, () -> target).isForbidden()).isEqualTo(forbidden);
	}

}
