import { UsageError } from "../base/errors.js";
import { GraphError } from "../pipeline/errors.js";
import { importUrl } from "../pipeline/importUrl.js";
import { handOver } from "../pipeline/realDvc.js";
import type { Command } from "./command.js";
import { checkJobs, failingAs, tellGit, withProject } from "./dataVerb.js";
import { graphVerb, warnLine } from "./graphVerb.js";

const help = `Copy a file or folder into the project, track it, and remember where it came from (writes OUT.dvc).

usage: nidslab import-url [options] SRC [OUT]

SRC: a path of this machine; for http(s), s3, ssh, … the installed dvc does it
OUT: where to (default: the source's name); a folder that is there: into it
  -f, --force        replace what is there
      --no-exec      only write the .dvc file
      --no-download  write the .dvc file with the hash of SRC, copy nothing
  -j, --jobs N       taken as DVC takes it
  -q, --quiet        no messages
      --cd FOLDER    as if called in FOLDER
not here: --to-remote, --remote, --version-aware, --fs-config

An import is frozen: it stays as it is until nidslab unfreeze OUT.dvc, then repro copies the source again when it has changed.
example: nidslab import-url /data/captures/monday.csv data/`;

const refused = ["--to-remote", "-r|--remote=", "--version-aware", "--fs-config="];

export const command: Command = {
  summary: "copy a file or folder into the project and remember where it came from",
  help,
  run: (args) =>
    graphVerb(
      args,
      ["-f|--force", "--no-exec", "--no-download", "-j|--jobs=", "-q|--quiet", ...refused],
      help,
      async (options, open) => {
        const [source, out, extra] = options.targets;
        if (source === undefined) throw new UsageError("the following arguments are required: url");
        if (extra !== undefined) throw new UsageError(`unrecognized arguments: ${extra}`);
        if (options.has("no-exec") && options.has("no-download"))
          throw new UsageError("argument --no-download: not allowed with argument --no-exec");
        checkJobs(options);
        const project = open();
        const failed = `failed to import ${source}. You could also try downloading it manually, and adding it with \`dvc add\`.`;
        return failingAs(failed, async () => {
          if (options.has("remote") && !options.has("to-remote"))
            throw new GraphError("--remote can't be used without --to-remote");
          for (const name of ["to-remote", "version-aware", "fs-config"]) {
            if (options.has(name))
              throw new GraphError(`nidslab does not support --${name}. Use dvc import-url for it.`);
          }
          if (/^[a-z][a-z0-9+.-]+:\/\//i.test(source)) {
            const own = args.filter(
              (arg, i) => arg !== "--cd" && args[i - 1] !== "--cd" && !arg.startsWith("--cd="),
            );
            return handOver("import-url", own, project.cwd, `'${source}' is not a path of this machine`);
          }
          return withProject(project, async () => {
            const files = await importUrl(source, out, project, {
              force: options.has("force"),
              noExec: options.has("no-exec"),
              noDownload: options.has("no-download"),
              write: (text) => options.has("quiet") || process.stdout.write(text),
              warn: warnLine,
            });
            if (!options.has("quiet")) tellGit(files, project);
            return 0;
          });
        });
      },
      1,
    ),
};
