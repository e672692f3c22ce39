import { spawnSync } from "node:child_process";

/** What DVC gives to `less`: stay out of the way of a table that fits (unless LESS says otherwise), keep its lines whole. */
function lessLine(): string {
  const hasOwnOptions = Boolean(process.env.LESS);
  return [
    "less",
    ...(hasOwnOptions ? [] : ["--quit-if-one-screen"]),
    "--RAW-CONTROL-CHARS",
    "--chop-long-lines",
    ...(hasOwnOptions ? [] : ["--no-init"]),
  ].join(" ");
}

/** The command that shows long texts: DVC_PAGER, PAGER or less; undefined where none is there. */
function pagerLine(): string | undefined {
  const named = process.env.DVC_PAGER || process.env.PAGER;
  if (named && named !== "less") return named;
  const hasLess = spawnSync("command -v less", { shell: true, stdio: "ignore" }).status === 0;
  return hasLess ? lessLine() : undefined;
}

/**
 * Show a table through the pager, as DVC does, when standard output is a terminal.
 * @param fitted the same for a terminal of so many columns, where there is no pager
 */
export function page(text: string, fitted: (columns: number) => string, usePager: boolean): void {
  const { isTTY, columns } = process.stdout;
  if (!isTTY || !usePager) {
    process.stdout.write(text);
    return;
  }
  const line = pagerLine();
  // Ctrl-C belongs to the pager as long as it runs.
  const wait = (): void => undefined;
  process.on("SIGINT", wait);
  const result =
    line === undefined
      ? undefined
      : spawnSync(line, { shell: true, input: text, stdio: ["pipe", "inherit", "inherit"] });
  process.off("SIGINT", wait);
  const wasShown = result !== undefined && result.status !== 126 && result.status !== 127;
  if (!wasShown) process.stdout.write(columns === undefined ? text : fitted(columns));
}
