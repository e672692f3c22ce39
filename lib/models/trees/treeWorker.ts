import { parentPort, workerData } from "node:worker_threads";
import { boosterMember } from "../boosting/boosterMember.js";
import { forestMember } from "./growForest.js";
import { cell, FINISH, type Member, SPIN, type WorkerStart } from "./team.js";

/** A worker thread of a Team: waits for a phase, does its part, says that it is through. */
function work({ task, member, control }: WorkerStart): void {
  const own: Member<unknown> = task.kind === "forest" ? forestMember(task) : boosterMember(task, member);
  for (let done = 0; ; done++) {
    for (let spin = 0; spin < SPIN && Atomics.load(control, cell.step) === done; spin++);
    while (Atomics.load(control, cell.step) === done) Atomics.wait(control, cell.step, done);
    const phase = Atomics.load(control, cell.phase);
    if (phase === FINISH) break;
    try {
      own.run(phase);
    } catch (error) {
      Atomics.store(control, cell.failed, 1);
      throw error;
    } finally {
      if (Atomics.sub(control, cell.pending, 1) === 1) Atomics.notify(control, cell.pending);
    }
  }
  parentPort?.postMessage(own.result());
}

work(workerData as WorkerStart);
