import { HeldOutput } from "./held.js";
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
  private draining = Promise.resolve();
  private readonly held: HeldOutput[];
  private readonly finish: ((() => void | Promise<void>) | undefined)[];

  /**
   * @param folder where what is held may be put when it is much
   * @param opening what stands before the first words of a section
   */
  constructor(
    count: number,
    private readonly console: Console,
    folder: () => string,
    private readonly opening: () => string = () => "",
  ) {
    this.held = Array.from({ length: count }, () => new HeldOutput(folder));
    this.finish = new Array(count);
  }

  /** Whether everything before it is complete. */
  isLive(index: number): boolean {
    return index === this.live;
  }

  write(index: number, text: string | Buffer, to: Stream = "stdout"): void {
    if (index === this.live) this.emit(text, to);
    else this.held[index].add(text, to);
  }

  private emit(text: string | Buffer, to: Stream): void {
    if (!this.opened) {
      this.opened = true;
      const opening = this.opening();
      if (opening !== "") this.console.write(opening, "stdout");
    }
    this.console.write(text, to);
  }

  /**
   * A section is complete: `finish` runs (and may write) when everything before it is. It must not throw.
   * @returns when what could be finished is
   */
  close(index: number, finish: () => void | Promise<void>): Promise<void> {
    this.finish[index] = finish;
    this.draining = this.draining.then(() => this.drain());
    return this.draining;
  }

  private async drain(): Promise<void> {
    for (;;) {
      const now = this.finish[this.live];
      if (now === undefined) return;
      await now();
      this.live++;
      this.opened = false;
      if (this.live >= this.held.length) return;
      this.held[this.live].replay((text, to) => this.emit(text, to));
    }
  }

  /** The run is over: what was never shown is dropped. */
  end(): void {
    for (const held of this.held) held.drop();
  }
}
