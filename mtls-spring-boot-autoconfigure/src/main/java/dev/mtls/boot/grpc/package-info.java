/**
 * A gRPC server behind the gate.
 */
@NullMarked
package dev.mtls.boot.grpc;

import org.jspecify.annotations.NullMarked;
