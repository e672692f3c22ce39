import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Notebook, notebookText, parseNotebook } from "#lib/notebook/document.js";
import { type RunOptions, type RunResult, runNotebook } from "#lib/notebook/run.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nidslab-test-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function notebookOf(...sources: string[]): Notebook {
  const cells = sources.map((source) => ({ cell_type: "code", metadata: {}, source }));
  return parseNotebook({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }, "test.ipynb");
}

function run(notebook: Notebook, options: Partial<RunOptions> = {}): Promise<RunResult> {
  return runNotebook(notebook, { cwd: folder, timeoutMs: 30_000, ...options });
}

const texts = (result: RunResult, cell: number): string[] =>
  result.notebook.cells[cell].outputs.map((o) =>
    o.output_type === "stream" ? `${o.name}: ${o.text}` : o.output_type,
  );

describe.concurrent("a notebook in the real kernel", () => {
  it("runs its cells in order, each seeing what came before, and shows streams, values and displays", async () => {
    const notebook = notebookOf(
      "const a: number = 40;",
      'console.log("one"); console.error("Error: two"); a + 2',
      "",
      'import { display } from "tslab"; display.html("<b>bold</b>");',
      "await Promise.resolve(process.env.TZ)",
    );
    const result = await run(notebook);
    expect(result.failure).toBeNull();
    expect(texts(result, 1)).toEqual(["stdout: one\n", "stderr: Error: two\n", "stdout: 42\n"]);
    expect(result.notebook.cells[3].outputs).toEqual([
      { output_type: "display_data", data: { "text/html": "<b>bold</b>" }, metadata: {} },
    ]);
    expect(texts(result, 4)).toEqual(["stdout: UTC\n"]);
    expect(result.notebook.cells.map((cell) => cell.executionCount)).toEqual([1, 2, null, 3, 4]);
  });

  it("gives the same bytes again, over files and over ports", async () => {
    const notebook = notebookOf("[1, 2, 3].map((x) => x ** 2)", 'console.log("done")');
    const [first, second] = [await run(notebook), await run(notebook, { transport: "tcp" })];
    expect(first.failure).toBeNull();
    expect(notebookText(second.notebook)).toBe(notebookText(first.notebook));
  });

  it.each([
    ["a throw", 'throw new RangeError("too far")', "RangeError: too far"],
    ["an error of types", 'const x: number = "text";', "Type 'string' is not assignable to type 'number'"],
    ["an awaited rejection", 'await Promise.reject(new Error("awaited"))', "Error: awaited"],
    [
      "a floating rejection",
      'void Promise.reject(new Error("floating"));',
      "nobody handled this error: Error: floating",
    ],
    [
      "a late exception",
      'setTimeout(() => { throw new Error("late"); }, 0);',
      "nobody handled this error: Error: late",
    ],
    ["process.exit", "process.exit(0)", "the kernel ended (exit code 0)"],
    ["too long a time", "await new Promise(() => setTimeout(() => {}, 60000))", "took longer than 3 s"],
  ])("fails at %s, with the number of the cell, and keeps what was shown", async (_, source, message) => {
    const result = await run(notebookOf('console.log("before")', source, "1 + 1"), { timeoutMs: 3000 });
    expect(result.failure).toContain("cell 2 of 3");
    expect(result.failure).toContain(message);
    expect(texts(result, 0)).toEqual(["stdout: before\n"]);
    expect(texts(result, 1).at(-1)).toBe("error");
  });

  it("runs nothing after the cell that failed", async () => {
    const result = await run(notebookOf("const a = 1;", "throw new Error('no')", 'console.log("never")'));
    expect(result.failure).toContain("cell 2 of 3 (throw new Error('no')): Error: no");
    expect(result.notebook.cells[2]).toMatchObject({ outputs: [], executionCount: null });
  });

  it("ends the kernel when it is interrupted", async () => {
    const abort = new AbortController();
    const log = (): void => void setTimeout(() => abort.abort(), 500);
    const running = run(notebookOf("for (;;) {}"), { signal: abort.signal, timeoutMs: 60_000, log });
    expect((await running).failure).toContain("cell 1 of 1 (for (;;) {}): interrupted");
  });

  it("is interrupted while its kernel starts, too", async () => {
    const result = await run(notebookOf("1 + 1"), { signal: AbortSignal.abort() });
    expect(result.failure).toBe("interrupted while the kernel started");
    expect(result.notebook.cells[0]).toMatchObject({ outputs: [], executionCount: null });
  });

  it("refuses a notebook without code", async () => {
    await expect(run(notebookOf("  "))).rejects.toThrow("it has no code cells");
  });
});

it("runs where the temporary folder's name is too long for a socket, and leaves nothing there", async () => {
  const before = process.env.TMPDIR;
  const long = join(folder, "long".repeat(30));
  mkdirSync(long);
  process.env.TMPDIR = long;
  try {
    expect((await run(notebookOf("1 + 1"))).failure).toBeNull();
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
  expect(readdirSync(long)).toEqual([]);
});
