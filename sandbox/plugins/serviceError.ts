/** Errors as the engine understands them over gRPC. */
import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { encode } from "./codec";
import { InitializationFailed } from "./resource";
import type { PlainMap, ValueMap } from "./values";

/** An error in the form that gRPC sends. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly code = grpc.status.UNKNOWN;
  readonly details: string;
  constructor(
    message: string,
    readonly metadata: grpc.Metadata,
  ) {
    super(message);
    this.details = message;
  }
}

/**
 * @param mark marks the outputs of a resource that was only half made; without it such a resource is an ordinary error.
 * @returns the error for the callback. A half-made resource travels in `grpc-status-details-bin`, as the engine wants it.
 */
export function toServiceError(error: unknown, mark?: (outputs: PlainMap) => ValueMap): ServiceError {
  if (error instanceof ServiceError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const metadata = new grpc.Metadata();
  if (error instanceof InitializationFailed && mark !== undefined) {
    const detail = new ErrorResourceInitFailed();
    detail
      .setId(error.resource.id)
      .setProperties(encode(mark(error.resource.outputs)))
      .setReasonsList([error.reason]);
    const packed = new Any();
    packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status();
    status.setCode(grpc.status.UNKNOWN).setMessage(message).addDetails(packed);
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
  return new ServiceError(message, metadata);
}
