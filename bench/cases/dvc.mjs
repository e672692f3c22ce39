import { randomFillSync } from "node:crypto";
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NodeRuns, temporaryFolder, time, versionOf } from "../programs.mjs";

/** The graph beside the real DVC, in repositories that the case makes itself. */
export const needsData = false;

const dvc = process.env.NIDSLAB_DVC ?? "dvc";
const nidslab = fileURLToPath(new URL("../../bin/nidslab", import.meta.url));
const hashFile = fileURLToPath(new URL("../hashFile.mjs", import.meta.url));

export const cases = [
  graphCase("dvc/no-op", "no-op of 6 stages", sixStages),
  graphCase("dvc/no-op-100", "no-op of 100 stages over one folder of 10,000 files", hundredStages),
  graphCase("dvc/first-run-100", "first run of 100 stages over one folder of 10,000 files", hundredStages, {
    fresh: true,
    pairs: 1,
  }),
  hashCase(),
];

/** `repro` of ours and of DVC in one repository: each finds what the other left. `fresh`: everything made is deleted first. */
function graphCase(name, what, files, { fresh = false, pairs = 5 } = {}) {
  let project;
  const open = () => {
    project ??= new Project(files);
    return project;
  };
  return {
    name,
    pairs,
    async preparePeer() {
      const version = versionOf(dvc, 'python3 -m pip install "dvc==3.67.1" "ruamel.yaml==0.19.1"');
      const { root, env, clear } = open();
      if (!fresh) await time(dvc, ["repro"], { cwd: root, env });
      return {
        settings: `dvc ${version}: ${what}`,
        run() {
          if (fresh) clear();
          return time(dvc, ["repro"], { cwd: root, env });
        },
        end: () => project.remove(),
      };
    },
    async prepare() {
      const { root, env, clear } = open();
      const runs = new NodeRuns();
      if (!fresh) await time(process.execPath, [nidslab, "repro"], { cwd: root, env });
      return {
        settings: `nidslab: ${what}`,
        run() {
          if (fresh) clear();
          return runs.time([nidslab, "repro"], { cwd: root, env });
        },
        peakMb: () => runs.peakMb(),
      };
    },
  };
}

/** A repository that has not run yet. */
class Project {
  constructor(files) {
    this.folder = temporaryFolder();
    this.root = join(this.folder, "project");
    this.site = join(this.folder, "site");
    this.env = { DVC_NO_ANALYTICS: "1", CI: "true", DVC_SITE_CACHE_DIR: this.site };
    mkdirSync(join(this.root, ".dvc"), { recursive: true });
    writeFileSync(join(this.root, ".dvc", "config"), "[core]\n    no_scm = True\n");
    for (const [name, text] of files()) {
      const path = join(this.root, name);
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, text);
    }
    this.clear = () => {
      for (const made of ["dvc.lock", "out", ".nidslab", ".dvc/cache", ".dvc/tmp"])
        rmSync(join(this.root, made), { recursive: true, force: true });
      rmSync(this.site, { recursive: true, force: true });
      mkdirSync(join(this.root, "out"));
    };
    this.clear();
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function* sixStages() {
  yield ["data.txt", "1\n"];
  yield ["params.yaml", "rate: 0.1\nsize: {trees: 10}\n"];
  const stage = (i) => {
    const input = i === 1 ? "data.txt" : `out/${i - 1}.txt`;
    return `  s${i}:
    cmd: cat ${input} > out/${i}.txt
    deps: [${input}]
    params: [rate, size.trees]
    outs: [out/${i}.txt]
`;
  };
  yield ["dvc.yaml", `stages:\n${[1, 2, 3, 4, 5, 6].map(stage).join("")}`];
}

function* hundredStages() {
  for (let i = 0; i < 10_000; i++) yield [`data/${i % 100}/${i}.txt`, `${i}\n`];
  const stage = (i) => `  s${i}:
    cmd: echo ${i} > out/${i}.txt
    deps: [data]
    outs: [out/${i}.txt]
`;
  yield ["dvc.yaml", `stages:\n${Array.from({ length: 100 }, (_, i) => stage(i)).join("")}`];
}

/** The md5 of one file of 2 GB, from a process's start to its end. */
function hashCase() {
  const size = 2 ** 31;
  let path;
  const file = () => {
    path ??= randomFile(join(temporaryFolder(), "data.bin"), size);
    return path;
  };
  const settings = "md5 of a file of 2 GB that is in the page cache";
  return {
    name: "dvc/hash-2gb",
    async preparePeer() {
      versionOf("md5sum", "apt-get install coreutils");
      const cwd = join(file(), "..");
      await time("md5sum", [path], { cwd });
      return {
        settings: `md5sum: ${settings}`,
        run: () => time("md5sum", [path], { cwd }),
        end: () => rmSync(cwd, { recursive: true }),
      };
    },
    async prepare() {
      const runs = new NodeRuns();
      return {
        settings: `nidslab's hashing in one node process: ${settings}`,
        run: () => runs.time([hashFile, file()], { cwd: join(file(), "..") }),
        peakMb: () => runs.peakMb(),
      };
    },
  };
}

function randomFile(path, size) {
  const block = randomFillSync(Buffer.alloc(1 << 26));
  const file = openSync(path, "wx");
  try {
    for (let written = 0; written < size; )
      written += writeSync(file, block, 0, Math.min(block.length, size - written));
  } finally {
    closeSync(file);
  }
  return path;
}
