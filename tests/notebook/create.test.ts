import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createNotebook } from "#lib/notebook/create.js";
import { readNotebook } from "#lib/notebook/document.js";
import { temporaryFolder } from "../temporary.js";

const params = "seed: 42   # kept\nrun:\n  notebooks: [01-eda]   # and this\n";

function project(): string {
  const root = temporaryFolder().path;
  writeFileSync(join(root, "params.yaml"), params);
  mkdirSync(join(root, "notebooks"));
  writeFileSync(join(root, "notebooks", "01-eda.ipynb"), "{}");
  return root;
}

it("writes the next numbered notebook and makes its stage", () => {
  const root = project();
  const { name, path } = createNotebook(root, "beacon-times");
  expect(name).toBe("02-beacon-times");
  expect(readNotebook(path).cells.map(({ id }) => id)).toEqual(["title", "setup", "first", "first-table"]);
  expect(readNotebook(path).cells[0].source).toMatch(/^# 2\. Beacon times\n/);
  expect(readFileSync(join(root, "params.yaml"), "utf8")).toBe(
    params.replace("[01-eda]", "[01-eda, 02-beacon-times]"),
  );
});

it("adds a line to a list in block style, and begins an empty one", () => {
  const root = project();
  const block = "run:\n  models:\n  - forest\n  notebooks:   # in this order\n  - 01-eda\n\nsplits: {}\n";
  writeFileSync(join(root, "params.yaml"), block);
  createNotebook(root, "beacon-times");
  expect(readFileSync(join(root, "params.yaml"), "utf8")).toBe(
    block.replace("  - 01-eda\n", "  - 01-eda\n  - 02-beacon-times\n"),
  );
  writeFileSync(join(root, "params.yaml"), "run:\n  notebooks: []\n");
  createNotebook(root, "jitter");
  expect(readFileSync(join(root, "params.yaml"), "utf8")).toBe("run:\n  notebooks: [03-jitter]\n");
});

it.each([
  ["Beacon Times", /is no name/],
  ["eda", /notebooks\/01-eda\.ipynb is there already/],
  ["01-eda", /is there already/],
])("refuses %s and writes nothing", (topic, message) => {
  const root = project();
  expect(() => createNotebook(root, topic)).toThrow(message);
  expect(readFileSync(join(root, "params.yaml"), "utf8")).toBe(params);
  expect(existsSync(join(root, "notebooks", "02-eda.ipynb"))).toBe(false);
});
