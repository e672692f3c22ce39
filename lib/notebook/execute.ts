import { basename, dirname, join, resolve } from "node:path";
import { DataError } from "../base/errors.js";
import { makeFolder, writeFileAtomic } from "../base/files.js";
import { type Notebook, notebookText, readNotebook } from "./document.js";
import { notebookHtml } from "./html.js";
import { type NotebookParameters, withParameters } from "./parameters.js";
import { runNotebook } from "./run.js";

export interface ExecuteOptions {
  /** The executed copy; figures that cells save go to figures/<name>/ beside it. */
  readonly out: string;
  /** Where the copy of a failed run goes (default: `out`). */
  readonly failed?: string;
  /** Also write the page <name>.html beside the copy, its code folded or shown. */
  readonly page?: "folded" | "shown";
  readonly parameters?: NotebookParameters;
  readonly timeoutMs: number;
  readonly log?: (line: string) => void;
}

/** The run was stopped by Ctrl-C or a signal like it. */
export class Interrupted extends DataError {
  override readonly exitCode = 130;
}

/**
 * Run a notebook file in its own folder and write the executed copy, whether the run went well or not.
 * Ctrl-C ends the kernel at once.
 * @throws DataError with the number of the cell that failed; Interrupted; FormatError for a file that is no notebook
 */
export async function executeNotebook(path: string, options: ExecuteOptions): Promise<void> {
  const name = basename(path, ".ipynb");
  const figures = resolve(dirname(options.out), "figures", name);
  const source = readNotebook(path);
  refuseOthers(source, path);
  if (resolve(options.out) === resolve(path))
    throw new DataError(`notebook: ${path} is the notebook itself: name another file for the executed copy.`);
  const notebook = withParameters(source, options.parameters ?? {}, path);
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    makeFolder(figures);
    const { notebook: executed, failure } = await runNotebook(notebook, {
      cwd: resolve(dirname(path)),
      env: { NIDSLAB_FIGURES: figures },
      timeoutMs: options.timeoutMs,
      signal: abort.signal,
      ...(options.log === undefined ? {} : { log: options.log }),
    });
    const out = failure === null ? options.out : (options.failed ?? options.out);
    writeFileAtomic(out, notebookText(executed));
    if (options.page !== undefined)
      writeFileAtomic(pagePath(out), notebookHtml(executed, { name, code: options.page }));
    if (failure === null) return;
    const message = `notebook: ${path}: ${failure}. What ran is in ${out}`;
    throw abort.signal.aborted ? new Interrupted(message) : new DataError(message);
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

/** The page beside an executed copy. */
export function pagePath(out: string): string {
  return `${out.replace(/\.ipynb$/, "")}.html`;
}

/** @throws DataError when the notebook says that it is written in another language than the kernel's */
function refuseOthers({ metadata }: Notebook, path: string): void {
  const { kernelspec, language_info: info } = metadata as Readonly<
    Record<string, { readonly language?: unknown; readonly name?: unknown } | undefined>
  >;
  const language = info?.name ?? kernelspec?.language;
  if (typeof language === "string" && !["typescript", "javascript"].includes(language.toLowerCase()))
    throw new DataError(
      `notebook: ${path} is written in ${language}, and the kernel tslab runs TypeScript. Run it in Jupyter with its own kernel.`,
    );
}

/** Where the executed copy of a notebook lies that nobody named another place for. */
export function defaultOut(root: string, path: string): string {
  return join(root, "runs", "notebooks", basename(path));
}
