/** A gRPC service that loses no call when it is stopped, and a client that counts what is lost. */
package org.stop4j.examples.grpc;
