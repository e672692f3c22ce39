import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { EngineError } from "../../base/errors.js";
import type { Engine } from "../engine.js";
import { npmPrefix } from "../npm.js";
import { needPython, unpackWheels } from "../pip.js";
import { succeeded } from "../tools.js";

const own = "node_modules/@tensorflow/tfjs-node";

/** The entry file, from the engine's folder. */
export const tfjsNodeEntry: string = `${own}/dist/index.js`;
const binding = `${own}/lib/napi-v8/tfjs_binding.node`;
const libraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];

/**
 * TensorFlow.js on TensorFlow itself. Its own installer downloads a library from a host that many networks close;
 * here the binding that the npm package carries (two C++ files) is compiled against the TensorFlow of the PyPI wheel.
 */
export const tfjsNode: Engine = {
  name: "tfjs-node",
  adds: "TensorFlow.js on TensorFlow's own library: as tfjs, several times as fast",
  version: "4.22.0",
  needs: "Linux x64; npm, g++, python3 with pip, Node's headers",
  disables: "networks cannot be trained by TensorFlow.js at full speed",
  megabytes: 1150,
  async install(folder, tools) {
    if (process.platform !== "linux") {
      throw new EngineError(
        `engines: tfjs-node is built on Linux only, this is ${process.platform}. Use tfjs: nidslab engines add tfjs`,
      );
    }
    if ((await tools.run("g++", ["--version"]))?.code !== 0) {
      throw new EngineError(
        "engines: tfjs-node needs g++, which this machine lacks. Install it (Debian: apt-get install g++), then: nidslab " +
          "engines add tfjs-node",
      );
    }
    const headers = nodeHeaders();
    const python = await needPython(tools, "tfjs-node");
    await npmPrefix(tools, folder, { dependencies: { "@tensorflow/tfjs-node": "4.22.0" } });
    const wheel = join(folder, "wheel");
    await unpackWheels(tools, python, ["tensorflow-cpu==2.21.0"], { folder: wheel });
    tools.say("g++: tfjs_binding.node");
    const at = join(folder, own);
    mkdirSync(join(at, "lib", "napi-v8"), { recursive: true });
    for (const name of libraries) renameSync(join(wheel, "tensorflow", name), join(at, "lib", name));
    const ended = await tools.run(
      "g++",
      [
        ...["-std=c++17", "-O2", "-shared", "-fPIC", "-DNAPI_VERSION=8", `-I${headers}`, "-I.."],
        ...[
          `-I${join(wheel, "tensorflow", "include")}`,
          "binding/tfjs_backend.cc",
          "binding/tfjs_binding.cc",
        ],
        ...["-o", "lib/napi-v8/tfjs_binding.node", "-Llib", ...libraries.map((name) => `-l:${name}`)],
        // From the binding itself, so that the folder may be moved.
        "-Wl,-rpath,$ORIGIN/..",
      ],
      { cwd: at },
    );
    succeeded(ended, "g++ could not compile tfjs-node's binding");
    rmSync(wheel, { recursive: true });
    return "npm @tensorflow/tfjs-node 4.22.0, compiled here against PyPI tensorflow-cpu 2.21.0";
  },
  libraries: () => [tfjsNodeEntry, binding, ...libraries.map((name) => `${own}/lib/${name}`)],
  built: [binding],
  probe: (folder) => ({
    program: process.execPath,
    args: ["-e", "require(process.argv[1])", join(folder, tfjsNodeEntry)],
    env: { TF_CPP_MIN_LOG_LEVEL: "3" },
  }),
};

/** Where node_api.h is. @throws EngineError when it is nowhere */
function nodeHeaders(): string {
  const prefix = dirname(dirname(process.execPath));
  const cached = join(process.env.HOME ?? "/", ".cache", "node-gyp");
  const versions = existsSync(cached)
    ? readdirSync(cached).map((name) => join(cached, name, "include", "node"))
    : [];
  const places = [
    join(prefix, "include", "node"),
    "/usr/include/node",
    "/usr/local/include/node",
    "/usr/include/nodejs/src",
    ...versions,
  ];
  const found = places.find((place) => existsSync(join(place, "node_api.h")));
  if (found !== undefined) return found;
  throw new EngineError(
    `engines: tfjs-node needs Node's headers (node_api.h), which are not in ${places[0]}. Install Node from nodejs.org or ` +
      "your system's development package of it, then: nidslab engines add tfjs-node",
  );
}
