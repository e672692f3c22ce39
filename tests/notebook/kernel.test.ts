import { resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Kernel, startKernel } from "#lib/notebook/kernel.js";
import type { Message } from "#lib/notebook/wire.js";

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel({ cwd: resolve("notebooks") });
  const door = 'import { openLab } from "../dist/index.js"; const lab = openLab();';
  expect(await kernel.execute(door, 60_000, () => {})).toBe("ok");
}, 90_000);
afterAll(() => kernel.close());

it("completes the names of the library's types", async () => {
  const code = "lab.eval";
  const { matches } = await kernel.ask("complete_request", { code, cursor_pos: code.length });
  expect(matches).toEqual(expect.arrayContaining(["evaluation", "evaluations"]));
});

it("tells a name's signature and what it is for", async () => {
  const { data } = await kernel.ask("inspect_request", { code: "lab.flows", cursor_pos: 6, detail_level: 0 });
  expect(JSON.stringify(data)).toMatch(/Promise<Table>.*canonical rows/);
});

it("refuses a cell that uses the library wrongly, before it runs", async () => {
  const said: Message[] = [];
  const code = 'console.log("ran"); lab.evaluation("site", 5);';
  expect(await kernel.execute(code, 30_000, (message) => said.push(message))).toBe("error");
  const texts = said.map(({ content }) => String(content.text ?? "")).join("");
  expect(texts).toContain("Argument of type 'number' is not assignable to parameter of type 'string'");
  expect(texts).not.toContain("ran");
});
