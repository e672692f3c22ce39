// node bin/setup.mjs repro|test|build: puts in place what the job needs and says what it is doing.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "./child.mjs";
import { root, runScript, SetupError, say } from "./files.mjs";
import { install } from "./install.mjs";

runScript(async () => {
  const job = process.argv[2];
  if (!["repro", "test", "build"].includes(job)) {
    throw new SetupError("setup: usage: node bin/setup.mjs repro|test|build");
  }
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new SetupError(`setup: Node ${process.versions.node} is too old: 20.19 or newer is needed.`);
  }
  await install(job === "test");
  const { build } = await import("./prepare.mjs");
  await build();
  if (job !== "build") await restoreData();
});

/** The embedded data set comes out of store/, an ordinary DVC remote inside the repository. */
async function restoreData() {
  if (!existsSync(join(root, "data.dvc")) || existsSync(join(root, "data", "testbed"))) return;
  say("Restoring the embedded data set (nidslab pull data.dvc) …");
  const pull = [join(root, "bin", "nidslab"), "pull", "data.dvc"];
  const { code } = await run(process.execPath, pull, { stdio: ["ignore", 2, 2] });
  if (code !== 0) throw new SetupError("setup: the embedded data set could not be restored (see above).");
}
