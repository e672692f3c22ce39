import { availableParallelism } from "node:os";
import { UsageError } from "../base/errors.js";
import type { Console } from "../pipeline/section.js";
import type { Verification } from "../pipeline/verify.js";
import type { Command } from "./command.js";
import { graphVerb, type Options } from "./graphVerb.js";

const help = `Rerun the graph in a scratch folder and say, per output, whether it is what the committed dvc.lock says.

usage: nidslab verify [options] [targets...]

targets: stages, with what they need; none: everything. The workspace is never touched, the run cache not used;
the scratch folder lies in TMPDIR.
equal: byte for byte. within tolerance: texts and Parquet tables whose numbers differ by no more than the tolerance.
different: anything else; the first difference is shown.

  --tolerance X    largest relative difference of two numbers (default 1e-6)
  -j, --jobs N     stages that run at the same time (default: one a core)
  --keep           keep the scratch folder and say where it is
  --json           the result as JSON
  -q, --quiet      without the output of the stages
  --cd FOLDER      as if called in FOLDER

exit: 0 equal or within tolerance, 1 something is different, 255 the graph failed, 254 wrong usage, 252 interrupted
example: nidslab verify features@site`;

export const command: Command = {
  summary: "rerun the graph in a scratch folder and compare with the committed lock",
  help,
  run: (args) =>
    graphVerb(
      args,
      ["--tolerance=", "-j|--jobs=", "--keep", "--json", "-q|--quiet"],
      help,
      async (options, open) => {
        const tolerance =
          numberOf(options, "tolerance", /^(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i, "a number") ?? 1e-6;
        const jobs = numberOf(options, "jobs", /^[1-9]\d{0,2}$/, "1 to 999") ?? availableParallelism();
        const { verify } = await import("../pipeline/verify.js");
        const keep = options.has("keep");
        const result = await verify(
          open(),
          { targets: options.targets, tolerance, jobs, keep },
          consoleOf(options.has("quiet")),
        );
        process.stdout.write(options.has("json") ? `${JSON.stringify(asJson(result))}\n` : asText(result));
        return result.outputs.some(({ state }) => state === "different") ? 1 : 0;
      },
    ),
};

function numberOf(options: Options, name: string, shape: RegExp, expected: string): number | undefined {
  const text = options.value(name);
  if (text === undefined) return undefined;
  if (!shape.test(text)) throw new UsageError(`argument --${name}: expected ${expected}, found '${text}'`);
  return Number(text);
}

/** What a run says about files that it wrote: verify's are in the scratch folder, and go with it. */
const ABOUT_FILES = /^(?:(?:Generating|Updating) lock file |\nTo track the changes with git|Use `dvc push`)/;

/** Standard output is for the result. */
function consoleOf(quiet: boolean): Console {
  return {
    write(text) {
      if (typeof text === "string" && ABOUT_FILES.test(text)) return;
      if (!quiet || (typeof text === "string" && /^(Running stage|WARNING)/.test(text)))
        process.stderr.write(text);
    },
  };
}

function asText({ lock, lockDiffers, inputs, outputs, scratch }: Verification): string {
  const width = Math.max(0, ...outputs.map(({ stage, path }) => `${stage}: ${path}`.length));
  const lines = outputs.map(({ stage, path, state, maxAbsolute, maxRelative, detail }) => {
    const numbers =
      maxRelative === 0 ? [] : [`largest difference ${short(maxAbsolute)} (relative ${short(maxRelative)})`];
    const more = [...(detail === undefined ? [] : [detail]), ...numbers].join("; ");
    return `${state.padEnd(16)}  ${`${stage}: ${path}`.padEnd(width)}  ${more}`.trimEnd();
  });
  const count = (state: string): number => outputs.filter((each) => each.state === state).length;
  const summary = ["equal", "within tolerance", "different"]
    .map((state) => `${count(state)} ${state}`)
    .join(", ");
  return [
    ...(lock === "workspace" ? ["Compared with dvc.lock of the workspace: HEAD has none."] : []),
    ...(lockDiffers ? ["Compared with dvc.lock of HEAD; the workspace's is another one."] : []),
    ...inputs.map(({ path, state }) =>
      state === "different"
        ? `input ${path} is not what the committed dvc.lock was made with`
        : `input ${path} is not in the committed dvc.lock`,
    ),
    ...lines,
    `${outputs.length} outputs: ${summary}`,
    ...(scratch === undefined ? [] : [`scratch folder: ${scratch}`]),
    "",
  ].join("\n");
}

function short(x: number): string {
  return String(Number(x.toPrecision(2)));
}

function asJson({ lock, lockDiffers, inputs, outputs, scratch }: Verification) {
  return {
    lock,
    lock_differs: lockDiffers,
    inputs,
    outputs: outputs.map(({ stage, path, state, maxAbsolute, maxRelative, detail }) => ({
      stage,
      path,
      state,
      max_absolute: maxAbsolute,
      max_relative: maxRelative,
      detail: detail ?? null,
    })),
    ...(scratch === undefined ? {} : { scratch }),
  };
}
