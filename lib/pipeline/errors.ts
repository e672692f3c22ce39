import { NidslabError } from "../base/errors.js";

/** An error of the graph verbs, in DVC's words. They exit as DVC does: 255. */
export class GraphError extends NidslabError {
  override readonly exitCode: number = 255;
  /** DVC prints faults of a file's shape without `ERROR: ` before them. */
  readonly bare: boolean = false;
}

/** dvc.yaml, dvc.lock or a .dvc file has the wrong shape. */
export class ShapeError extends GraphError {
  override readonly bare: boolean = true;
}

/** A configuration file, or a remote that is not in one. `push` and `pull` say it in their own words and exit with 1. */
export class ConfigError extends GraphError {
  override readonly exitCode: number = 251;
  constructor(message: string) {
    super(`config file error: ${message}`);
  }
}

/** The folder lies in no project. */
export class NoProjectError extends GraphError {
  override readonly exitCode = 253;
}

/** Ctrl-C, or a request to end. */
export class InterruptedError extends GraphError {
  override readonly exitCode = 252;
}
