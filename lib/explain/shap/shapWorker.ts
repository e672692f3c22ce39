import { parentPort, workerData } from "node:worker_threads";
import { treeShap } from "./treeShap.js";
import type { ShapTask } from "./treeShapTeam.js";

const { trees, X, players } = workerData as ShapTask;
parentPort?.postMessage(treeShap(trees, X, players));
