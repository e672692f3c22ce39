import { writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";

// Loaded into the node processes of a stage by `repro --profile` (NODE_OPTIONS does not take --cpu-prof). It has to start
// at once, so it works while it is imported.
const folder = process.env.NIDSLAB_PROFILE;
if (folder !== undefined && isMainThread) {
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.start");
  process.on("exit", () => {
    // A session of the own thread answers before post returns.
    session.post("Profiler.stop", (error, result) => {
      if (error !== null) return;
      try {
        writeFileSync(join(folder, `${process.pid}.cpuprofile`), JSON.stringify(result.profile));
      } catch {
        // The stage is worth more than its profile.
      }
    });
  });
}
