/**
 * The few error classes of the kit. A message says where, what was expected, what was found and what to do next;
 * the command line prints it without a stack trace (unless NIDSLAB_DEBUG=1).
 */
export class NidslabError extends Error {
  /** Process exit code when this error ends a verb. */
  readonly exitCode: number = 1;
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** params.yaml (or an option) holds an unknown key, a wrong type or an impossible value. */
export class ParamsError extends NidslabError {}
/** Columns are missing, have another type, or a schema hash differs. */
export class SchemaError extends NidslabError {}
/** A file is not in the format that it should be in. */
export class FormatError extends NidslabError {}
/** The data does not allow what was asked for (an empty class, a group that is not there). */
export class DataError extends NidslabError {}
/** An optional engine is not there, cannot be added here, or is not what it was when it was added. */
export class EngineError extends NidslabError {}
/** The command line was used wrongly. */
export class UsageError extends NidslabError {
  override readonly exitCode = 2;
}

/** Message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system code of a thrown error (`ENOENT`, `ENOSPC`, …), or undefined. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}
