import type { Stream } from "./shell.js";

/** Where the messages of the graph verbs go. */
export interface Console {
  write(text: string | Buffer, to: Stream): void;
  /** How far a run is; undefined: it is over. */
  progress?(state: Progress | undefined): void;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  /** Stages that are at work now. */
  readonly running: readonly string[];
}

/**
 * Output of stages that run at the same time, in the order of the plan: the first one that is not finished writes through,
 * the others are held until it is their turn. So `-j 8` prints what `-j 1` prints, and locks are written in the same order.
 */
export class Sections {
  private live = 0;
  private opened = false;
  private readonly held: { text: string | Buffer; to: Stream }[][];
  private readonly finish: ((() => void) | undefined)[];

  constructor(
    count: number,
    private readonly console: Console,
    /** What stands before the first words of a section. */
    private readonly opening: () => string = () => "",
  ) {
    this.held = Array.from({ length: count }, () => []);
    this.finish = new Array(count);
  }

  write(index: number, text: string | Buffer, to: Stream = "stdout"): void {
    if (index === this.live) this.emit(text, to);
    else this.held[index].push({ text, to });
  }

  private emit(text: string | Buffer, to: Stream): void {
    if (!this.opened) {
      this.opened = true;
      const opening = this.opening();
      if (opening !== "") this.console.write(opening, "stdout");
    }
    this.console.write(text, to);
  }

  /** A section is complete: `finish` runs (and may write) when everything before it is. */
  close(index: number, finish: () => void): void {
    this.finish[index] = finish;
    for (;;) {
      const now = this.finish[this.live];
      if (now === undefined) return;
      now();
      this.live++;
      this.opened = false;
      if (this.live >= this.held.length) return;
      for (const { text, to } of this.held[this.live].splice(0)) this.emit(text, to);
    }
  }
}
