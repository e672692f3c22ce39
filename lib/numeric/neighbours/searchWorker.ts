import { parentPort, workerData } from "node:worker_threads";
import { type SearchTask, takeBlocks } from "./parallel.js";

const { task, member } = workerData as { readonly task: SearchTask; readonly member: number };
takeBlocks(task, member);
parentPort?.postMessage("done");
