import { workerData } from "node:worker_threads";
import { takeColumns, type WorkerStart } from "./resamples.js";

for (const _ of takeColumns(workerData as WorkerStart));
