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

/** A text that is not YAML. */
export class YamlSyntaxError extends ShapeError {
  /** @param detail what is wrong and where */
  constructor(
    name: string,
    readonly hint: string,
    readonly detail: string,
  ) {
    super(`'${name}' is invalid${hint}.\n\n${detail}`);
  }
}

/** A parameter file that cannot be read as what its suffix says. */
export class UnreadableParams extends GraphError {}

/** A parameter file that is a list or a scalar. */
export class NotAMapping extends GraphError {}

/** The folder lies in no project. */
export class NoProjectError extends GraphError {
  override readonly exitCode = 253;
}

/** Ctrl-C, or a request to end. */
export class InterruptedError extends GraphError {
  override readonly exitCode = 252;
}
