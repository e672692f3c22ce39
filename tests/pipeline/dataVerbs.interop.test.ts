import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DvcServer, dvc } from "./dvcServer.js";
import { type Outcome, Sandbox } from "./sandbox.js";

const files = {
  "dvc.yaml": `stages:
  a:
    cmd: cat in.txt > o.txt
    deps:
    - in.txt
    outs:
    - o.txt
  b:
    cmd: mkdir -p d && cp o.txt d/x && echo 7 > d/y && echo '{"n":1}' > m.json
    deps:
    - o.txt
    outs:
    - d
    metrics:
    - m.json:
        cache: false
`,
  "in.txt": "1\n",
  "raw/x": "1\n",
  "raw/sub/y": "2\n",
  "z.bin": "9\n",
  ".dvc/config":
    "[core]\n    analytics = false\n    remote = store\n['remote \"store\"']\n    url = ../store\n",
};

/**
 * A line is a verb with its arguments, or after `$` a shell command. Lines with a tilde before them may differ in stderr
 * (nidslab says more).
 */
const scenarios: Readonly<Record<string, readonly string[]>> = {
  "push, fetch, pull": [
    "repro -q",
    "push",
    "push",
    "push --run-cache",
    "$ rm -rf .dvc/cache",
    "~ push",
    "fetch",
    "fetch",
    "$ rm -rf .dvc/cache o.txt d",
    "pull",
    "pull",
    "$ rm -rf .dvc/cache o.txt d",
    "pull a",
    "$ rm d/x",
    "checkout d",
    "fetch --run-cache",
    "~ pull nosuch",
    "push -r nosuch",
  ],
  "no remote": ["repro -q", "$ printf '' > .dvc/config", "push", "fetch", "pull", "gc -w -c -f"],
  checkout: [
    "~ checkout",
    "repro -q",
    "$ echo saved-nowhere > o.txt",
    "checkout",
    "checkout -f",
    "$ echo 3 > d/x; rm d/y; echo 1 > d/z",
    "checkout",
    "checkout -f --summary",
    "checkout --summary",
    "$ rm -rf d o.txt",
    "checkout --summary",
    "$ rm -rf d; echo 1 > d",
    "checkout",
    "checkout -f",
    "checkout --relink",
    "$ rm -rf o.txt d .dvc/cache/files/md5/b0",
    "checkout",
    "checkout --allow-missing",
    "~ checkout nosuch",
  ],
  commit: [
    "repro -q",
    "commit",
    "$ echo changed > o.txt",
    "commit",
    "commit -f a",
    "commit nosuch",
    "commit -d b",
    "commit -f -d b",
    "status",
    "add raw z.bin",
    "$ echo 3 > raw/z",
    "commit raw.dvc",
    "commit -f raw.dvc",
    "$ rm -rf .dvc/cache",
    "commit",
    "status",
  ],
  "repro without commit, then commit": ["repro -q --no-commit", "commit", "status", "repro"],
  add: [
    "add z.bin raw",
    "add z.bin",
    "$ printf '# head\\ndesc: my data\\nouts:  # list\\n- md5: b026324c6904b2a9cb4b88d6d61c81d1   # h\\n  size: 2\\n  hash: md5\\n  path: \"z.bin\"\\n  desc: d1\\n  labels: [a, b]\\nmeta:\\n  foo: bar\\n' > z.bin.dvc; echo 22 > z.bin",
    "add z.bin",
    "$ chmod 700 z.bin",
    "add z.bin",
    "$ rm z.bin; mkdir z.bin; echo 1 > z.bin/a",
    "add z.bin",
    "add raw/sub/../../raw/",
    "$ ln -s raw link; ln -s in.txt file; ln -s nothing broken",
    "add link",
    "add link/x",
    "add file",
    "~ add broken",
    "add o.txt",
    "add d",
    "add z.bin.dvc",
    "add dvc.yaml",
    "add -r store in.txt",
    "add --glob *.none",
    "$ echo 1 > one.csv; echo 2 > two.csv",
    "add --glob *.csv",
    "add --no-commit in.txt",
    "$ printf '*.tmp\\n' > .dvcignore; echo 1 > a.tmp",
    "add a.tmp",
    "$ mkdir big; echo 1 > big/x; echo '/big/x' >> .gitignore",
    "add big/x",
    "add big",
    "status",
  ],
  "git tracks it": ["$ git add z.bin raw", "add z.bin", "add raw", "add raw/x"],
  "import-url": [
    "import-url z.bin imp",
    "import-url z.bin imp",
    "import-url -f z.bin imp",
    "import-url raw tree",
    "$ mkdir sub; echo out > ../ext.txt",
    "import-url ../ext.txt",
    "import-url z.bin sub",
    "import-url nosuch x",
    "import-url --no-exec z.bin ne",
    "import-url --no-download z.bin nd",
    "import-url z.bin other -r store",
    "import-url z.bin o.txt",
    "$ echo changed > z.bin",
    "status imp.dvc",
    "repro imp.dvc",
    "unfreeze imp.dvc",
    "status imp.dvc",
    "repro imp.dvc",
    "status imp.dvc",
    "repro imp.dvc",
    "$ sed -i 's/^md5: ./md5: 0/' imp.dvc",
    "status imp.dvc",
    "repro imp.dvc",
    "$ rm imp",
    "repro imp.dvc",
    "repro ne.dvc",
    "repro nd.dvc",
    "$ rm z.bin",
    "status imp.dvc",
    "freeze imp.dvc",
    "repro imp.dvc",
    "$ rm -rf tree",
    "repro tree.dvc",
    "checkout tree",
  ],
  freeze: [
    "freeze a",
    "freeze a",
    "repro",
    "unfreeze a",
    "unfreeze a",
    "~ freeze nosuch",
    "freeze b nosuch.dvc",
    "unfreeze b",
    "add raw",
    "freeze raw.dvc",
    "$ rm -rf raw/x",
    "repro raw.dvc",
    "unfreeze raw.dvc",
    "freeze",
  ],
  "check-ignore": [
    "$ printf '*.tmp\\n!keep.tmp\\n/big/\\n' > .dvcignore; mkdir -p big sub; printf 'x*\\n' > sub/.dvcignore",
    "check-ignore a.tmp keep.tmp big big/f sub/x1 data nosuch",
    "check-ignore -d a.tmp keep.tmp big big/f sub/x1.tmp data .git .dvc",
    "check-ignore -d -a a.tmp keep.tmp sub/x1.tmp data",
    "check-ignore -d -n data a.tmp",
    "check-ignore -n data",
    "check-ignore -a data",
    "check-ignore",
    "check-ignore --stdin x",
    "check-ignore -q a.tmp",
    "check-ignore /nowhere/x.tmp ../x.tmp",
  ],
  gc: [
    "repro -q",
    "$ git add -A && git commit -qm one && git branch old",
    "$ echo 2 > in.txt",
    "repro -q",
    "$ git add -A && git commit -qm two",
    "gc",
    "gc -n 2",
    "gc -w --not-in-remote -c",
    "gc -w --dry",
    "gc -a --dry",
    "gc -T -a --dry",
    "gc --rev old --dry",
    "gc --rev nosuch -f",
    "gc -A -f",
    "$ echo 3 > in.txt",
    "repro -q",
    "push",
    "gc -a -f",
    "gc -w -f",
    "gc -w -f",
    "push",
    "gc -w -c -f",
    "gc -w --not-in-remote -f",
    "status",
    "pull",
  ],
  "gc without the list of a folder": ["repro -q", "$ rm .dvc/cache/files/md5/*/*.dir", "gc -w", "gc -w -f"],
  hardlinks: [
    "$ printf '[cache]\\n    type = hardlink\\n' >> .dvc/config",
    "repro -q",
    "add raw",
    "$ rm -rf o.txt d raw",
    "checkout",
    "$ echo 5 > in.txt",
    "repro -q",
    "status",
  ],
  symlinks: [
    "$ printf '[cache]\\n    type = symlink\\n' >> .dvc/config",
    "repro -q",
    "add raw",
    "$ rm -rf o.txt d raw",
    "checkout",
    "$ echo 5 > in.txt",
    "repro -q",
    "status",
    "$ printf '[cache]\\n    type = copy\\n' > .dvc/config",
    "checkout --relink",
  ],
  "a cache for a group, elsewhere": [
    "$ printf '[cache]\\n    dir = ../../cache\\n    shared = group\\n' >> .dvc/config",
    "repro -q",
    "add raw",
    "$ rm -rf raw",
    "checkout",
  ],
  autostage: [
    "$ printf '    autostage = true\\n' > .dvc/tail; sed -i '/analytics/r .dvc/tail' .dvc/config",
    "add raw",
    "import-url z.bin q",
    "$ git status --short",
  ],
  "configuration faults": [
    "$ printf '[core]\\n    nosuch = 1\\n' > .dvc/config.local",
    "~ status",
    "~ gc -w -f",
    "$ printf '[cache]\\n    type = rubber\\n' > .dvc/config.local",
    "~ repro",
  ],
};

describe.skipIf(dvc === undefined)(
  "verbs about data, ours and DVC's on twins (skipped: set NIDSLAB_DVC to dvc's executable to run these)",
  () => {
    const boxes: Sandbox[] = [];
    let server: DvcServer;
    beforeAll(() => {
      server = new DvcServer(dvc as string);
    });
    afterAll(() => {
      server.end();
      boxes.forEach((box) => void box.remove());
    });

    it.each(Object.entries(scenarios))(
      "%s: the same words, exit codes and files",
      async (_, lines) => {
        const [ours, theirs] = [new Sandbox(files), new Sandbox(files)];
        boxes.push(ours, theirs);
        for (const line of lines) {
          const command = line.replace(/^~ /, "");
          if (command.startsWith("$")) {
            const [a, b] = [ours, theirs].map((box) => {
              const identity =
                "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b";
              return plain(box.shell(`${identity}; ${command.slice(2)}`), box);
            });
            expect([line, a]).toEqual([line, b]);
            continue;
          }
          const [verb, ...args] = command.split(" ");
          const mine = plain(ours.nidslab(verb, ...args), ours);
          const real = plain(await server.call(theirs.root, [verb, ...args]), theirs);
          const seen = ({ code, stdout, stderr }: Outcome): unknown[] => [
            line,
            code,
            code === 254 ? "" : unordered(stdout),
            line.startsWith("~") ? "" : unordered(firstLines(stderr)),
          ];
          expect(seen(mine)).toEqual(seen(real));
          expect([line, listing(ours)]).toEqual([line, listing(theirs)]);
        }
      },
      300_000,
    );
  },
);

/** Where the project lies differs. */
function plain(outcome: Outcome, box: Sandbox): Outcome {
  const without = (text: string): string =>
    text.replaceAll(box.root, "<root>").replaceAll(join(box.root, ".."), "<parent>");
  return { ...outcome, stdout: without(outcome.stdout), stderr: without(outcome.stderr) };
}

/** What wrong usage prints below its first line is the help text. */
function firstLines(text: string): string {
  const usage = text.indexOf("usage: ");
  return usage < 0 ? text : text.slice(0, usage);
}

/** DVC prints sets: lists of lines, and names after `git add`. */
function unordered(text: string): string[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => (line.startsWith("\tgit add ") ? line.split(" ").sort().join(" ") : line.trimEnd()))
    .sort();
}

/** Every file of the project, the cache, and a store beside it: content, and the mode of what is in a cache. */
function listing(box: Sandbox): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const name = relative(box.root, path);
      if ([".git", ".nidslab", "runs"].includes(name) || /^\.dvc\/tmp/.test(name)) continue;
      const mode = (lstatSync(path).mode & 0o7777).toString(8);
      if (entry.isSymbolicLink()) found[name] = `-> ${readlinkSync(path).replaceAll(box.root, "<root>")}`;
      else if (entry.isDirectory()) {
        if (/cache/.test(name)) found[name] = mode;
        visit(path);
      } else {
        const nlink = lstatSync(path).nlink;
        const tie = /(^|\/)(cache|store)\/files\//.test(name)
          ? `${mode} `
          : nlink > 1
            ? `${nlink} names `
            : "";
        found[name] = tie + readFileSync(path, "utf8");
      }
    }
  };
  visit(join(box.root, ".."));
  return found;
}
