import { DataError, messageOf } from "../base/errors.js";
import type { Cell, Notebook, Output } from "./document.js";
import { type Kernel, type KernelOptions, startKernel } from "./kernel.js";
import type { Message } from "./wire.js";

export interface RunOptions extends KernelOptions {
  /** Longest time of one cell. */
  readonly timeoutMs: number;
  readonly log?: (line: string) => void;
}

export interface RunResult {
  /** The notebook with the outputs of this run alone; also what was shown before a failure. */
  readonly notebook: Notebook;
  /** Why the run failed, with the number of the cell; null when every cell went well. */
  readonly failure: string | null;
}

/** What a cell leaves running may still fail: how long the kernel lives on after the last cell. */
const afterMs = 200;

/**
 * Execute a notebook's code cells in order, in a kernel of its own. The run fails at the first cell that throws, does
 * not compile, takes too long, ends the kernel, or leaves a rejected promise that nobody handles (tslab calls such a
 * cell "ok" and only writes on stderr). Source and results alone decide the outputs: no times are kept.
 * @param options signal: aborted, the run has failed
 * @throws DataError when it has no code cells or the kernel does not start
 */
export async function runNotebook(notebook: Notebook, options: RunOptions): Promise<RunResult> {
  const work = notebook.cells.filter(isWork);
  if (work.length === 0) throw new DataError("notebook: it has no code cells, there is nothing to run.");
  const done = new Map<Cell, Cell>();
  let failure: string | null = null;
  const result = (): RunResult => ({
    notebook: {
      metadata: { ...notebook.metadata, ...kernelMetadata },
      cells: notebook.cells.map((cell) => done.get(cell) ?? { ...cell, outputs: [], executionCount: null }),
    },
    failure,
  });
  let kernel: Kernel;
  try {
    kernel = await startKernel(options);
  } catch (error) {
    if (!options.signal?.aborted) throw error;
    failure = "interrupted while the kernel started";
    return result();
  }
  try {
    for (const [i, cell] of work.entries()) {
      options.log?.(`cell ${i + 1} of ${work.length}: ${firstLine(cell.source)}`);
      const settleMs = i === work.length - 1 ? afterMs : 0;
      const run = await runCell(kernel, cell, options.timeoutMs, settleMs);
      done.set(cell, { ...cell, outputs: run.outputs, executionCount: i + 1 });
      if (run.failure !== null) {
        const why = options.signal?.aborted ? "interrupted" : run.failure;
        failure = `cell ${i + 1} of ${work.length} (${firstLine(cell.source)}): ${why.replace(/\.$/, "")}`;
        break;
      }
    }
  } finally {
    if (failure !== null) kernel.kill();
    await kernel.close();
  }
  return result();
}

/** What a notebook says of its language and kernel. */
export const kernelMetadata = {
  kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" },
  language_info: { file_extension: ".ts", mimetype: "text/typescript", name: "typescript" },
};

const isWork = (cell: Cell): boolean => cell.type === "code" && cell.source.trim() !== "";

interface CellRun {
  readonly outputs: readonly Output[];
  readonly failure: string | null;
}

async function runCell(kernel: Kernel, cell: Cell, timeoutMs: number, settleMs: number): Promise<CellRun> {
  const shown = new Outputs();
  let failure: string | null = null;
  try {
    const status = await kernel.execute(cell.source, timeoutMs, (message) => shown.take(message));
    if (status === "timeout") failure = `took longer than ${timeoutMs / 1000} s`;
    else {
      // What was left running and has failed by now says so before the kernel answers again.
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      await kernel.ask("kernel_info_request", {});
      if (status !== "ok") failure = shown.lastError() ?? `the kernel answered "${status}"`;
      else failure = shown.floating;
    }
  } catch (error) {
    failure = messageOf(error);
  }
  const outputs = failure === null ? shown.list : [...shown.list, errorOutput(failure, shown.stderr)];
  return { outputs, failure };
}

/** Collects what a cell shows, in the shape of a notebook's outputs. */
class Outputs {
  readonly list: Output[] = [];
  private readonly places = new Map<string, number>();
  stderr = "";
  /** The message of an unhandled rejection or a late exception, when there was one. */
  floating: string | null = null;

  take({ type, content }: Message): void {
    if (type === "stream") this.stream(content.name === "stderr" ? "stderr" : "stdout", String(content.text));
    if (type === "display_data" || type === "update_display_data") this.display(type, content);
  }

  private stream(name: "stdout" | "stderr", text: string): void {
    if (name === "stderr") {
      this.stderr += text;
      const late = /^(?:UnhandledPromiseRejection|UncaughtException): ([^\n]*)/.exec(text);
      if (late !== null) this.floating ??= `nobody handled this error: ${late[1]}`;
    }
    const last = this.list.at(-1);
    if (last?.output_type === "stream" && last.name === name) {
      this.list[this.list.length - 1] = { ...last, text: last.text + text };
    } else this.list.push({ output_type: "stream", name, text });
  }

  private display(type: string, content: Message["content"]): void {
    const output: Output = {
      output_type: "display_data",
      data: content.data as Record<string, unknown>,
      metadata: (content.metadata as object | undefined) ?? {},
    };
    const id = (content.transient as { display_id?: string } | undefined)?.display_id;
    const place = id === undefined ? undefined : this.places.get(id);
    if (type === "update_display_data" && place !== undefined) this.list[place] = output;
    else {
      if (id !== undefined) this.places.set(id, this.list.length);
      this.list.push(output);
    }
  }

  /** The line of stderr that names the error: of a stack its message, of the compiler its first complaint. */
  lastError(): string | null {
    const lines = this.stderr.split("\n").filter((line) => line.trim() !== "");
    return lines.findLast((line) => /^(?:Uncaught )?[A-Za-z]*Error\b/.test(line)) ?? lines[0] ?? null;
  }
}

function errorOutput(failure: string, stderr: string): Output {
  const [, ename, evalue] = /^([A-Za-z]*Error)(?: \[\w+\])?: ?(.*)$/.exec(failure) ?? [
    "",
    "CellError",
    failure,
  ];
  return {
    output_type: "error",
    ename,
    evalue,
    traceback: stderr === "" ? [failure] : stderr.trimEnd().split("\n"),
  };
}

function firstLine(source: string): string {
  const line = source.trim().split("\n")[0];
  return line.length > 70 ? `${line.slice(0, 69)}…` : line;
}
