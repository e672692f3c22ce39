import type { Sections } from "./configFile.js";
import { ConfigError } from "./errors.js";

/**
 * Every section and option that DVC 3.67.1 knows (dvc/config_schema.py), with those of folders for remotes. `true`: it does
 * nothing here or what DVC does; a text: why nidslab refuses it.
 */
const BOOLEAN = "boolean";
type Rule = true | typeof BOOLEAN | { readonly oneOf: readonly string[] } | { readonly refused: string };
const LINKS = ["reflink", "hardlink", "symlink", "copy"];

const LOCAL: Readonly<Record<string, Rule>> = {
  type: true,
  protected: BOOLEAN,
  shared: { oneOf: ["group"] },
  slow_link_warning: BOOLEAN,
  verify: BOOLEAN,
};
const obsolete = { refused: "is a setting of DVC before 3.0" };

const OPTIONS: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  core: {
    remote: true,
    checksum_jobs: true,
    interactive: BOOLEAN,
    analytics: BOOLEAN,
    hardlink_lock: { refused: "is not supported by nidslab: DVC would not see its locks; remove it" },
    no_scm: BOOLEAN,
    autostage: BOOLEAN,
    experiments: BOOLEAN,
    check_update: BOOLEAN,
    site_cache_dir: true,
    machine: true,
  },
  cache: {
    dir: true,
    ...LOCAL,
    ...Object.fromEntries(
      ["local", "s3", "gs", "hdfs", "webhdfs", "ssh", "azure"].map((name) => [name, obsolete]),
    ),
  },
  state: { dir: true, row_limit: true, row_cleanup_quota: true },
  index: { dir: true },
  plots: { html_template: true, auto_open: BOOLEAN, out_dir: true },
  exp: Object.fromEntries(
    ["code", "data", "models", "metrics", "params", "plots", "live", "auto_push", "git_remote"].map(
      (name) => [name, true],
    ),
  ),
  parsing: { bool: { oneOf: ["store_true", "boolean_optional"] }, list: { oneOf: ["nargs", "append"] } },
  hydra: { enabled: BOOLEAN, config_dir: true, config_module: true, config_name: true, plugins_path: true },
  studio: { token: true, url: true, repo_url: true, offline: BOOLEAN },
};
const FOLDER_REMOTE: Readonly<Record<string, Rule>> = {
  ...LOCAL,
  url: true,
  checksum_jobs: true,
  jobs: true,
  no_traverse: BOOLEAN,
  worktree: BOOLEAN,
  version_aware: BOOLEAN,
};

/** @throws ConfigError, in DVC's words, for a section, option or value that DVC does not know, and for what nidslab refuses */
export function checkConfig(sections: Sections): void {
  for (const [section, options] of sections) {
    const named = /^(remote|machine|db)\s*"(.*)"$/.exec(section);
    if (section === "feature" || named?.[1] === "machine" || named?.[1] === "db") continue;
    const where = named === null ? `data['${section}']` : `data['remote']['${named[2]}']`;
    const isFolder = named !== null && !/^\w[\w+.-]*:\/\//.test(options.get("url") ?? "");
    if (named !== null && !isFolder) continue; // DVC itself works with it.
    const rules = named === null ? OPTIONS[section] : FOLDER_REMOTE;
    if (rules === undefined) throw new ConfigError(`extra keys not allowed @ ${where}`);
    if (named !== null && !options.has("url"))
      throw new ConfigError(`expected 'url' for dictionary value @ ${where}`);
    for (const [option, value] of options) {
      const fault = faultOf(rules[option], option, value);
      if (fault !== undefined) throw new ConfigError(`${fault} @ ${where}['${option}']`);
    }
  }
}

function faultOf(rule: Rule | undefined, option: string, value: string): string | undefined {
  if (rule === undefined) return "extra keys not allowed";
  const wrong = " for dictionary value";
  if (option === "type") {
    const unknown = linkTypes(value).filter((type) => !LINKS.includes(type));
    return unknown.length > 0 ? `Unsupported cache type(s): ${unknown.join(", ")}${wrong}` : undefined;
  }
  if (rule === BOOLEAN) return /^(true|false)$/i.test(value) ? undefined : `expected true or false${wrong}`;
  if (rule === true) return undefined;
  if ("refused" in rule) return `${option} ${rule.refused}; nidslab does not support it`;
  return rule.oneOf.includes(value.toLowerCase())
    ? undefined
    : `expected one of ${rule.oneOf.join(", ")}${wrong}`;
}

/** `cache.type` as a list. */
export function linkTypes(value: string): string[] {
  return value
    .split(",")
    .map((type) => type.trim().replace(/^(['"])(.*)\1$/, "$2"))
    .filter((type) => type !== "");
}
