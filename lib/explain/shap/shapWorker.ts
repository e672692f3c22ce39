import { parentPort, workerData } from "node:worker_threads";
import type { ShapTask } from "./treeShapTeam.js";
import { treeShap } from "./treeShap.js";

const { trees, X, players } = workerData as ShapTask;
parentPort?.postMessage(treeShap(trees, X, players));
