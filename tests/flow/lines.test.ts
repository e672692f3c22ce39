import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Tally } from "#lib/base/tally.js";
import { readLines } from "#lib/flow/lines.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();

async function read(path: string): Promise<{ lines: string[]; firsts: number[]; repaired: unknown }> {
  const repaired = new Tally();
  const lines: string[] = [];
  const firsts: number[] = [];
  for await (const batch of readLines(path, repaired)) {
    firsts.push(batch.first);
    lines.push(...batch.lines);
  }
  return { lines, firsts, repaired: repaired.toJSON() };
}

it("understands UTF-16, CR line ends and bytes that are not UTF-8", async () => {
  const wide = folder.write("wide.log", Buffer.from("\ufeffa\nb\u00e9\n", "utf16le"));
  expect(await read(wide)).toMatchObject({
    lines: ["a", "b\u00e9"],
    repaired: { utf16: { count: 1, first_lines: [1] } },
  });
  expect((await read(folder.write("mac.log", "a\rb\r"))).lines).toEqual(["a", "b"]);
  expect(await read(folder.write("dash.log", Buffer.from([97, 10, 0x96, 10])))).toMatchObject({
    lines: ["a", "\ufffd"],
    repaired: { invalid_utf8: { count: 1, first_lines: [2] } },
  });
});

it("numbers lines over blocks, and puts a line together that spans several", async () => {
  const long = "x".repeat(600_000);
  const { lines, firsts } = await read(folder.write("long.log", `a\n${long}\nb\n${long}\nc`));
  expect(lines.map((line) => line.length)).toEqual([1, 600_000, 1, 600_000, 1]);
  expect(firsts).toEqual([1, 2, 4, 5]);
});

it("never waits for a FIFO", async () => {
  const path = join(folder.path, "fifo");
  execFileSync("mkfifo", [path]);
  await expect(read(path)).rejects.toThrow("is a FIFO, a regular file was expected");
});
