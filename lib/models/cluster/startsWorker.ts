import { parentPort, workerData } from "node:worker_threads";
import { type StartsTask, takeStarts } from "./starts.js";

parentPort?.postMessage(takeStarts(workerData as StartsTask));
