import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { ConfigError } from "./errors.js";

/** Options by section; names in lower case, as DVC has them. */
export type Sections = Map<string, Map<string, string>>;

/** Options that name a place: relative to the folder of the file in which they stand. */
const PLACES: Readonly<Record<string, readonly string[]>> = { cache: ["dir"], remote: ["url"] };

/**
 * The configuration files of a project in the order in which later ones replace what earlier ones say: the system's, the
 * user's, `.dvc/config`, `.dvc/config.local`. Source: DVC 3.67.1, dvc/config.py and dvc/dirs.py.
 */
export function configFiles(root: string): string[] {
  const { env } = process;
  const mac = process.platform === "darwin";
  const system =
    env.DVC_SYSTEM_CONFIG_DIR ||
    (mac
      ? "/Library/Application Support/dvc"
      : join((env.XDG_CONFIG_DIRS || "/etc/xdg").split(":")[0], "dvc"));
  const user =
    env.DVC_GLOBAL_CONFIG_DIR ||
    (mac
      ? join(homedir(), "Library", "Application Support", "dvc")
      : join(env.XDG_CONFIG_HOME || join(homedir(), ".config"), "dvc"));
  const own = join(root, ".dvc");
  return [join(system, "config"), join(user, "config"), join(own, "config"), join(own, "config.local")];
}

/** Add what a file says to `sections`; nothing when it is not there. @throws ConfigError for a line that is neither section nor option */
export function readConfigFile(path: string, sections: Sections): void {
  if (!existsSync(path)) return;
  let current: Map<string, string> | undefined;
  let section = "";
  for (const raw of readFileSync(path, "utf8")
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const header = /^\[\s*(?:'([^']*)'|"([^"]*)"|([^\]]*?))\s*\]\s*(#.*)?$/.exec(line);
    if (header !== null) {
      section = (header[1] ?? header[2] ?? header[3]).trim().toLowerCase();
      current = sections.get(section) ?? new Map();
      sections.set(section, current);
      continue;
    }
    const at = line.indexOf("=");
    if (at < 0 || current === undefined) {
      throw new ConfigError(`${path}: "${line}" is neither [section] nor option = value.`);
    }
    const option = line.slice(0, at).trim().toLowerCase();
    const value = optionValue(line.slice(at + 1).trim());
    const isPlace = PLACES[section.split(" ")[0]]?.includes(option) === true;
    current.set(option, isPlace ? placeOf(value, dirname(path)) : value);
  }
}

/** Without quotes around it and without a comment behind it. */
function optionValue(text: string): string {
  const quoted = /^(['"])(.*?)\1\s*(#.*)?$/.exec(text);
  return quoted !== null ? quoted[2] : text.replace(/\s*#.*$/, "");
}

function placeOf(value: string, folder: string): string {
  if (/^\w[\w+.-]*:\/\//.test(value)) return value;
  const path = value.replace(/^~(?=\/|$)/, homedir());
  return isAbsolute(path) ? path : resolve(folder, path);
}
