/**
 * Small models written by onnx 1.18 (Python), whole files in base64: X float [n, 2] in, probabilities [n, 2] out. How each
 * was made stands beside it.
 */
export const onnxFiles = {
  /** onnx.save(…, save_as_external_data=True, location="external.bin"): the initializer W lies in another file. */
  external:
    "CAgSBG9ubng6ugEKEQoBWAoBVxIBeiIGTWF0TXVsCigKAXoSDXByb2JhYmlsaXRpZXMiB1NvZnRtYXgqCwoEYXhpcxgBoAECEgFnKkAIAggCEAFCAVdqGAoIbG9jYXRpb24SDGV4dGVybmFsLmJpbmoLCgZvZmZzZXQSATBqDAoGbGVuZ3RoEgIxNnABWhQKAVgSDwoNCAESCQoDEgFuCgIIAmIgCg1wcm9iYWJpbGl0aWVzEg8KDQgBEgkKAxIBbgoCCAJCBAoAEBE=",
  /** set_external_data(tensor, "elsewhere.bin") on the value of a Constant node. */
  attribute:
    "CAgSBG9ubng6ngEKQhIBdyIIQ29uc3RhbnQqMwoFdmFsdWUqJwgCCAIQAUICVzJqGQoIbG9jYXRpb24SDWVsc2V3aGVyZS5iaW5wAaABBAodCgFYCgF3Eg1wcm9iYWJpbGl0aWVzIgZNYXRNdWwSAWdaFAoBWBIPCg0IARIJCgMSAW4KAggCYiAKDXByb2JhYmlsaXRpZXMSDwoNCAESCQoDEgFuCgIIAkIECgAQEQ==",
  /** One node Magic of the domain com.example. */
  custom:
    "CAgSBG9ubng6YwomCgFYEg1wcm9iYWJpbGl0aWVzIgVNYWdpYzoLY29tLmV4YW1wbGUSAWdaFAoBWBIPCg0IARIJCgMSAW4KAggCYiAKDXByb2JhYmlsaXRpZXMSDwoNCAESCQoDEgFuCgIIAkIECgAQEUIPCgtjb20uZXhhbXBsZRAB",
  /** The same node inside a branch of an If. */
  branch:
    "CAgSBG9ubng6iQIKIxIBYyIIQ29uc3RhbnQqFAoFdmFsdWUqCBAJQgFjSgEBoAEECqYBCgFjEg1wcm9iYWJpbGl0aWVzIgJJZipCCgtlbHNlX2JyYW5jaDIwChEKAVgSAnkyIghJZGVudGl0eRIEZWxzZWIVCgJ5MhIPCg0IARIJCgMSAW4KAggCoAEFKkoKC3RoZW5fYnJhbmNoMjgKGgoBWBIBeSIFTWFnaWM6C2NvbS5leGFtcGxlEgR0aGVuYhQKAXkSDwoNCAESCQoDEgFuCgIIAqABBRIBZ1oUCgFYEg8KDQgBEgkKAxIBbgoCCAJiIAoNcHJvYmFiaWxpdGllcxIPCg0IARIJCgMSAW4KAggCQgQKABARQg8KC2NvbS5leGFtcGxlEAE=",
  /** A Constant and a MatMul: nothing wrong with it. */
  whole:
    "CAgSBG9ubng6kwEKNxIBdyIIQ29uc3RhbnQqKAoFdmFsdWUqHAgCCAIQAUICVzJKEAAAAAAAAIA/AAAAAAAAAACgAQQKHQoBWAoBdxINcHJvYmFiaWxpdGllcyIGTWF0TXVsEgFnWhQKAVgSDwoNCAESCQoDEgFuCgIIAmIgCg1wcm9iYWJpbGl0aWVzEg8KDQgBEgkKAxIBbgoCCAJCBAoAEBE=",
} as const;

/** The bytes of one of them. */
export function onnxFile(name: keyof typeof onnxFiles): Uint8Array {
  return Buffer.from(onnxFiles[name], "base64");
}
