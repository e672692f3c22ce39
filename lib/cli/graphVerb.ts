import { resolve } from "node:path";
import { messageOf, UsageError } from "../base/errors.js";
import { didYouMean, nearest } from "../base/nearest.js";
import { ConfigError, GraphError } from "../pipeline/errors.js";
import { Project } from "../pipeline/project.js";

/** Options of a verb: `-f|--force` is a flag, `-j|--jobs=` takes a value, `--targets=...` all values up to the next option. */
export type OptionSpec = readonly string[];

/** A command line taken apart. */
export class Options {
  constructor(
    readonly targets: readonly string[],
    private readonly values: ReadonlyMap<string, readonly string[]>,
  ) {}

  has(name: string): boolean {
    return this.values.has(name);
  }

  value(name: string): string | undefined {
    return this.values.get(name)?.at(-1);
  }

  all(name: string): readonly string[] {
    return this.values.get(name) ?? [];
  }
}

/** @throws UsageError for an option that is not in `spec`, and for a missing value */
export function parseOptions(args: readonly string[], spec: OptionSpec): Options {
  const known = new Map<string, { name: string; takesValue: boolean; takesMany: boolean }>();
  for (const line of [...spec, "--cd=", "-h|--help"]) {
    const names = line.replace(/=(\.\.\.)?$/, "").split("|");
    const name = names.at(-1)?.replace(/^--?/, "") as string;
    const takes = { takesValue: /=(\.\.\.)?$/.test(line), takesMany: line.endsWith("=...") };
    for (const each of names) known.set(each, { name, ...takes });
  }
  const targets: string[] = [];
  const values = new Map<string, string[]>();
  const queue = [...args];
  for (let arg = queue.shift(); arg !== undefined; arg = queue.shift()) {
    if (arg === "--") {
      targets.push(...queue.splice(0));
    } else if (!arg.startsWith("-") || arg === "-") {
      targets.push(arg);
    } else {
      const [option, attached] = split(arg, known);
      const found = known.get(option);
      if (found === undefined) {
        throw new UsageError(`unrecognized arguments: ${arg}${optionMeant(option, [...known.keys()])}`);
      }
      if (!found.takesValue && attached !== undefined) queue.unshift(`-${attached}`);
      if (found.takesMany) {
        const end = queue.findIndex((next) => next.startsWith("-"));
        const rest = queue.splice(0, end < 0 ? queue.length : end);
        const many = [...(attached === undefined ? [] : [attached]), ...rest];
        values.set(found.name, [...(values.get(found.name) ?? []), ...many]);
        continue;
      }
      const value = found.takesValue ? (attached ?? queue.shift()) : "";
      if (value === undefined) throw new UsageError(`argument ${option}: expected one argument`);
      values.set(found.name, [...(values.get(found.name) ?? []), value]);
    }
  }
  return new Options(targets, values);
}

/** Two short options always look alike, and so do the dashes. */
function optionMeant(option: string, known: readonly string[]): string {
  const bare = option.replace(/^-+/, "");
  const long = known.flatMap((name) => (name.startsWith("--") ? [name.slice(2)] : []));
  const found = bare.length < 4 ? undefined : nearest(bare, long);
  return found === undefined ? "" : ` Did you mean "--${found}"?`;
}

/** What a verb says about the word after it, where it expects one of a few. */
export function wrongWord(verb: string, expected: readonly string[], found: string | undefined): UsageError {
  const quoted = expected.map((word) => `"${word}"`);
  const list = quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
  if (found === undefined) return new UsageError(`${verb}: expected ${list}, found nothing.`);
  return new UsageError(`${verb}: expected ${list}, found "${found}".${didYouMean(found, expected)}`);
}

/** `--name=value`, `-j2` and `-fs`. */
function split(arg: string, known: ReadonlyMap<string, unknown>): [string, string | undefined] {
  if (known.has(arg)) return [arg, undefined];
  const at = arg.indexOf("=");
  if (arg.startsWith("--")) return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
  return known.has(arg.slice(0, 2)) ? [arg.slice(0, 2), arg.slice(2).replace(/^=/, "")] : [arg, undefined];
}

export function warnLine(line: string): void {
  process.stderr.write(`WARNING: ${line}\n`);
}

/**
 * Run a graph verb: its exit codes are DVC's (254 for wrong usage, 253 outside a project, 252 interrupted, 255 for every
 * other error), its errors stand on stderr after `ERROR: `.
 * @param failure the code for errors where DVC has another one (`status`: 1)
 */
export async function graphVerb(
  args: readonly string[],
  spec: OptionSpec,
  help: string,
  run: (options: Options, open: (warn?: (line: string) => void) => Project) => Promise<number>,
  failure = 255,
): Promise<number> {
  try {
    const options = parseOptions(args, spec);
    if (options.has("help")) {
      process.stdout.write(`${help}\n`);
      return 0;
    }
    const cwd = resolve(options.value("cd") ?? ".");
    return await run(options, (warn = warnLine) => Project.open(cwd, warn));
  } catch (cause) {
    if (process.env.NIDSLAB_DEBUG === "1" && cause instanceof Error) process.stderr.write(`${cause.stack}\n`);
    const bare = cause instanceof GraphError && cause.bare;
    const config = cause instanceof ConfigError ? "configuration error - " : "";
    process.stderr.write(`${bare ? "" : "ERROR: "}${config}${messageOf(cause)}\n`);
    if (cause instanceof UsageError) return 254;
    if (cause instanceof GraphError && cause.exitCode !== 255) return cause.exitCode;
    return failure;
  }
}
