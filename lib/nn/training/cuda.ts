import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { InferenceSession } from "onnxruntime-node";
import { EngineError, messageOf } from "../../base/errors.js";

/** Names the folder of an onnxruntime-node that has CUDA, for machines with a GPU. */
const NAME = "NIDSLAB_ORT_CUDA";

/**
 * The onnxruntime-node with CUDA that this machine names; undefined: none, networks train on the processor.
 * @throws EngineError when there is none in the folder that is named
 */
export function cudaBuild(): string | undefined {
  const folder = process.env[NAME];
  if (folder === undefined || folder === "") return undefined;
  const library =
    process.platform === "win32" ? "onnxruntime_providers_cuda.dll" : "libonnxruntime_providers_cuda.so";
  const bin = join(folder, "bin");
  const builds = existsSync(bin) ? readdirSync(bin) : [];
  if (builds.some((build) => existsSync(join(bin, build, process.platform, process.arch, library))))
    return folder;
  throw new EngineError(
    `nn: ${NAME} names ${folder}, and there is no onnxruntime-node with CUDA in it (expected ` +
      `bin/napi-v6/${process.platform}/${process.arch}/${library}). Name the folder of such a package, or unset ${NAME} ` +
      "to train on the processor.",
  );
}

/** A session of a training graph on the GPU. @throws EngineError when CUDA does not work here */
export async function openCuda(onnx: Uint8Array, threads: number): Promise<InferenceSession> {
  const folder = cudaBuild();
  if (folder === undefined) throw new EngineError(`nn: ${NAME} names no onnxruntime-node with CUDA.`);
  try {
    const ort = createRequire(join(folder, "package.json"))(folder) as typeof import("onnxruntime-node");
    return await ort.InferenceSession.create(onnx, {
      executionProviders: ["cuda"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
  } catch (cause) {
    throw new EngineError(
      `nn: CUDA does not work here (${messageOf(cause).split("\n")[0]}). Unset ${NAME} to train on the processor.`,
      { cause },
    );
  }
}
