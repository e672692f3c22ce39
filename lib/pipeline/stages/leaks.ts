import type { Stage } from "../stage.js";
export const leaks: Stage = { name: "leaks", async run() {} };
