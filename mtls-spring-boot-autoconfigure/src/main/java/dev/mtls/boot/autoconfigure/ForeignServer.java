package dev.mtls.boot.autoconfigure;

/**
 * Says that somebody else starts the server and speaks its TLS, such as the container
 * into which the application is deployed.
 */
final class ForeignServer {

}
