import type { Console, Progress } from "../pipeline/section.js";

/**
 * Where the graph verbs write: plain lines; on a terminal one line more at the bottom says what runs, and for how long.
 * @param quiet leave nidslab's own texts out: what commands print (bytes) and warnings stay
 */
export function terminalConsole(quiet: boolean): Console & { close(): void } {
  const line = isInteractive() && !quiet ? new ProgressLine() : undefined;
  return {
    write(text, to) {
      if (quiet && to === "stdout" && typeof text === "string") return;
      line?.hide();
      process[to].write(text);
      line?.show(text);
    },
    progress: (state) => line?.set(state),
    close: () => line?.set(undefined),
  };
}

/** A terminal that can redraw a line; `CI` and `TERM=dumb` get plain lines. */
function isInteractive(): boolean {
  return process.stdout.isTTY && process.stderr.isTTY && process.env.TERM !== "dumb" && !process.env.CI;
}

/** `[3/31] train@site-forest, train@site-logistic · 12 s`, redrawn in its place on stderr. */
class ProgressLine {
  private state?: Progress;
  private readonly since = new Map<string, bigint>();
  private timer?: NodeJS.Timeout;
  private isShown = false;
  private atLineStart = true;

  set(state: Progress | undefined): void {
    this.hide();
    this.state = state;
    if (state === undefined) {
      clearInterval(this.timer);
      this.timer = undefined;
      return;
    }
    for (const name of this.since.keys()) if (!state.running.includes(name)) this.since.delete(name);
    for (const name of state.running)
      if (!this.since.has(name)) this.since.set(name, process.hrtime.bigint());
    this.timer ??= setInterval(() => {
      this.hide();
      this.draw();
    }, 1000).unref();
  }

  hide(): void {
    if (!this.isShown) return;
    process.stderr.write("\r\u001b[K");
    this.isShown = false;
  }

  /** Something was written: the line comes back below it, unless a command is in the middle of one. */
  show(text: string | Buffer): void {
    if (text.length > 0) this.atLineStart = text.toString().endsWith("\n");
    this.draw();
  }

  private draw(): void {
    if (this.state === undefined || this.state.running.length === 0 || !this.atLineStart) return;
    const { done, total, running } = this.state;
    const [first] = running;
    const seconds = Number(process.hrtime.bigint() - (this.since.get(first) ?? 0n)) / 1e9;
    const text = `[${done}/${total}] ${running.join(", ")} · ${Math.floor(seconds)} s`;
    process.stderr.write(text.slice(0, (process.stderr.columns ?? 80) - 1));
    this.isShown = true;
  }
}
