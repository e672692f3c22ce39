/** One verb of the program. Its module is loaded when the verb is called. */
export interface Command {
  /** One line for `nidslab --help`. */
  readonly summary: string;
  /** What `nidslab VERB --help` prints: usage, options, an example. */
  readonly help: string;
  /** @returns the exit code. Results go to stdout; progress, warnings and errors to stderr. */
  run(args: readonly string[]): Promise<number>;
}
