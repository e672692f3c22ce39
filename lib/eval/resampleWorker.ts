import { workerData } from "node:worker_threads";
import { takeColumns, type WorkerStart } from "./resamples.js";

takeColumns(workerData as WorkerStart);
