import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { DvcServer, dvc } from "./dvcServer.js";
import { type Outcome, Sandbox } from "./sandbox.js";
import { differences, snapshot } from "./snapshot.js";

/** One step of a scenario: an edit that each twin gets, then a call of the program that has its turn. */
export interface Step {
  readonly what: string;
  readonly edit?: (box: Sandbox) => void;
  /** A verb and its arguments, which both programs understand. Default: that of the scenario. */
  readonly call?: readonly string[];
  /** false: afterwards there is still something to run (a failure, `always_changed`, `--dry`). */
  readonly settled?: boolean;
  /** The exit code. Default: 0. */
  readonly code?: number;
  /** Why our words (and exit code) are others than DVC's here; the bytes are still compared. */
  readonly otherWords?: string;
}

export interface Scenario {
  readonly files: Readonly<Record<string, string>>;
  /** What text files cannot say: modes, links, bytes. */
  readonly prepare?: (box: Sandbox) => void;
  readonly steps: readonly Step[];
  /** The call of steps that name none, and of the look afterwards. Default: `repro`. */
  readonly call?: readonly string[];
  /** Why stages may come in another order; then what is printed is compared as a set of lines. */
  readonly unordered?: string;
  /**
   * Why a stage comes to depend on a folder that its lock entry does not name. DVC then hashes it once in the way of 2.x, and
   * leaves the folder's list in the cache of 2.x, where nothing ever reads it: such lists may lack with us.
   */
  readonly movedFolders?: string;
  /** The programs take turns by stage (`repro -s STAGE`) instead of by step, where the step is a plain `repro`. */
  readonly byStage?: boolean;
}

/** Tests beside the real DVC; skipped, with the reason in the title, where there is none. `server` is there once they run. */
export function besideDvc(
  title: string,
  tests: (play: (scenario: Scenario) => Promise<void>, server: () => DvcServer) => void,
): void {
  const why = "(skipped: set NIDSLAB_DVC to dvc's executable to run these)";
  describe.skipIf(dvc === undefined)(
    dvc === undefined ? `${title} ${why}` : title,
    { timeout: 1_500_000 },
    () => {
      let server: DvcServer;
      beforeAll(() => {
        server = new DvcServer(dvc as string);
      });
      afterAll(() => server?.end());
      tests(
        (scenario) => play(server, scenario),
        () => server,
      );
    },
  );
}

/** A list of a folder in the cache of 2.x, or the folder that it lies in, that DVC alone has. */
const strayList = /^\.dvc\/cache\/[0-9a-f]{2}\/([0-9a-f]{30}\.dir)?: absent \| /;

export type Program = "ours" | "theirs";

const other = (program: Program): Program => (program === "ours" ? "theirs" : "ours");

/**
 * Play a scenario in twin repositories: one only by us, one only by DVC, one in which they take turns, by step or by stage. After each step all twins hold the same bytes, both programs print the same and exit alike, both say the same
 * of what is left to do, and the other program finds nothing to run.
 */
async function play(server: DvcServer, scenario: Scenario): Promise<void> {
  const words = (result: Outcome): Outcome =>
    scenario.unordered === undefined ? result : { ...result, stdout: sortedLines(result.stdout) };
  const whole = scenario.call ?? ["repro"];
  const twins = new Map<string, Sandbox>();
  const make = (name: string): Sandbox => {
    const box = new Sandbox(scenario.files);
    scenario.prepare?.(box);
    twins.set(name, box);
    return box;
  };
  const [ours, theirs, turns] = [make("ours"), make("theirs"), make("taking turns")];
  // What runs beside a stage that fails is there too with several jobs: where one fails, we run with one.
  let oneJob = false;
  const call = (program: Program, box: Sandbox, args: readonly string[]): Promise<Outcome> => {
    const jobs = program === "ours" && oneJob && args[0] === "repro" ? ["-j", "1"] : [];
    return callProgram(server, program, box, [...args, ...jobs]);
  };
  const same = (at: string, keptOuts: Readonly<Record<string, string>>): void => {
    const reference = snapshot(theirs.root);
    for (const [name, box] of twins) {
      if (box === theirs) continue;
      const found = differences(snapshot(box.root), reference, keptOuts);
      const other =
        scenario.movedFolders === undefined ? found : found.filter((line) => !strayList.test(line));
      expect(other, `${at}: ${name} | theirs`).toEqual([]);
    }
  };
  try {
    let turn: Program = "theirs";
    for (const [index, step] of scenario.steps.entries()) {
      const at = `step ${index + 1}, ${step.what}`;
      for (const box of twins.values()) step.edit?.(box);
      const text = ["status"];
      const json = ["status", "--json"];
      await sameStatus(`${at}: status before`, [text, json], call, ours);
      // DVC deletes the outputs of a stage before it runs; we put them back when it fails.
      const mayFail = (step.code ?? 0) !== 0 || step.call?.includes("--ignore-errors") === true;
      const keptOuts = mayFail ? snapshot(theirs.root) : {};

      const args = step.call ?? whole;
      oneJob = (step.code ?? 0) !== 0;
      const mine = await call("ours", ours, args);
      const real = await call("theirs", theirs, args);
      if (step.otherWords === undefined)
        expect(words(mine), `${at}: what ours says | theirs`).toEqual(words(real));
      expect(real.code, `${at}: ${real.stderr}`).toBe(step.code ?? 0);
      const calls =
        scenario.byStage === true && step.call === undefined
          ? processed(real.stdout).map((name) => ["repro", "-s", name])
          : [args];
      for (const each of calls) {
        await call(turn, turns, each);
        turn = other(turn);
      }
      same(at, keptOuts);

      const settled = step.settled ?? true;
      await sameStatus(`${at}: status after`, settled ? [text] : [text, json], call, theirs);
      const after = {
        ours: await call("theirs", ours, whole),
        theirs: await call("ours", theirs, whole),
      };
      expect(words(after.theirs), `${at}: nidslab after dvc | dvc after nidslab`).toEqual(words(after.ours));
      if (settled) {
        expect(after.ours.code, `${at}: ${after.ours.stderr}`).toBe(0);
        expect(after.ours.stdout, at).not.toMatch(/^(Running|Verifying)|is cached/m);
      } else {
        await call(turn, turns, whole);
        turn = other(turn);
      }
      same(`${at}, and the other program after it`, keptOuts);
    }
  } finally {
    for (const box of twins.values()) box.remove();
  }
}

/** Both programs say the same of a twin. */
async function sameStatus(
  at: string,
  calls: readonly (readonly string[])[],
  call: (program: Program, box: Sandbox, args: readonly string[]) => Promise<Outcome>,
  box: Sandbox,
): Promise<void> {
  for (const args of calls) {
    const mine = await call("ours", box, args);
    const real = await call("theirs", box, args);
    expect(mine, `${at} (${args.join(" ")}): ours | theirs`).toEqual(real);
  }
}

/** What only we say. */
const OURS =
  /^(WARNING: after the failure the lines for .* are taken out of .gitignore again|WARNING: '.*' is a symbolic link to a folder|log: ).*\n/gm;

/** One call, with what differs from place to place or from run to run taken out of its words. */
export async function callProgram(
  server: DvcServer,
  program: Program,
  box: Sandbox,
  args: readonly string[],
): Promise<Outcome> {
  const [verb, ...rest] = args;
  const result =
    program === "ours" ? box.nidslabWith(server.env, verb, ...rest) : await server.call(box.root, args);
  const plain = (text: string): string =>
    sortedNames(text.replaceAll(box.root, "<root>").replaceAll(dirname(box.root), "<parent>"));
  const words = {
    code: result.code,
    stdout: plain(result.stdout),
    stderr: plain(result.stderr).replace(OURS, ""),
  };
  if (verb === "status") return { ...words, stdout: sortedStatus(words.stdout) };
  return verb === "repro" ? words : { ...words, stdout: sortedLines(words.stdout) };
}

/** Names that are a set in DVC, in order: files to add to Git, stages that are skipped. */
export function sortedNames(text: string): string {
  return text
    .replace(/(?<=^\tgit add ).*$/gm, (files) => files.split(" ").sort().join(" "))
    .replace(/(?<=^WARNING: Stages ).*(?= will be skipped)/gm, (names) =>
      names
        .split(/, | and /)
        .sort()
        .join(", "),
    );
}

function sortedLines(text: string): string {
  return text.split("\n").sort().join("\n");
}

/** Stages by name: DVC takes the files of a project in the order in which the file system lists them. */
function sortedStatus(stdout: string): string {
  if (stdout.startsWith("{")) {
    const byName = Object.entries(JSON.parse(stdout) as Record<string, unknown>).sort(([a], [b]) =>
      a < b ? -1 : 1,
    );
    return JSON.stringify(byName);
  }
  return stdout
    .split(/^(?=\S)/m)
    .sort()
    .join("");
}

/** The stages of a repro, in the order in which it came to them. */
function processed(stdout: string): string[] {
  const lines =
    /^(?:Stage '(.+)' (?:didn't change|is cached).*|'(.+)' didn't change, skipping|Running stage '(.+)':|Verifying (?:data sources|outputs) in .*stage: '(.+)')$/gm;
  return [...stdout.matchAll(lines)].map(
    (match) => match.slice(1).find((name) => name !== undefined) as string,
  );
}
