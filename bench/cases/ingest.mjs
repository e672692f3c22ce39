import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeCsvSet } from "../csvSet.mjs";
import { startPeer } from "../peer.mjs";
import { NodeRuns, temporaryFolder } from "../programs.mjs";
import { writeProject } from "../sizeProject.mjs";

/**
 * A CSV file of 1,000,000 x 80 (csvSet.mjs, without the header lines inside, which would make text of every column of
 * the peers) to Parquet. $NIDSLAB_BENCH_CSV names a folder that keeps it from run to run.
 */
export const needsData = false;

const ROWS = 1_000_000;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const nidslab = here("../../bin/nidslab");

const audit = [nidslab, "audit", "data"];
const stage = [nidslab, "run-stage", "ingest"];
const alone = [here("../ingestAlone.mjs"), "data", "alone.parquet"];

export const cases = [
  ingestCase(
    "ingest/audit-and-stage",
    "nidslab audit, then run-stage ingest (which audits too)",
    [audit, stage],
    "pandas",
  ),
  ingestCase("ingest/stage", "nidslab run-stage ingest: audit and ingest in one pass", [stage], "pandas"),
  ingestCase("ingest/alone", "ingest without the audit", [alone], "polars"),
];

/** @param commands what ours runs, one after the other, each in a process of its own */
function ingestCase(name, what, commands, peer) {
  return {
    name,
    preparePeer: () => startPeer(here(`../peers/ingest-${peer}.py`), project().file),
    async prepare() {
      const { root } = project();
      const runs = new NodeRuns();
      return {
        settings: what,
        async run() {
          let seconds = 0;
          for (const command of commands) seconds += await runs.time(command, { cwd: root });
          return seconds;
        },
        peakMb: () => runs.peakMb(),
      };
    },
  };
}

let made;
/** A project folder and the file that is its data; one for all cases. */
function project() {
  if (made !== undefined) return made;
  const root = temporaryFolder();
  const data = process.env.NIDSLAB_BENCH_CSV ?? join(root, "set");
  const file = join(data, "flows-01.csv");
  if (!existsSync(file)) writeCsvSet(data, ROWS, undefined, { again: false });
  writeProject(root, data);
  made = { root, file };
  return made;
}
