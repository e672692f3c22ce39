import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../base/errors.js";
import { writeFileAtomic } from "../base/files.js";
import { setParams } from "../pipeline/paramEdit.js";
import { readYaml } from "../pipeline/yaml/read.js";
import { isMap } from "../pipeline/yaml/value.js";
import { type Cell, type Notebook, notebookText } from "./document.js";
import { kernelMetadata } from "./run.js";

/** Where a notebook imports the library from. */
const DOOR = "../dist/index.js";

export interface CreatedNotebook {
  /** `08-topic`: the name of the notebook and of its stage. */
  readonly name: string;
  readonly path: string;
}

/**
 * Write the next numbered notebook into notebooks/, with its first cells, and add its name to `run.notebooks` of
 * params.yaml, which makes its stage (`notebook@<name>`).
 * @param root the project's folder
 * @param topic letters, digits and dashes; a number in front is kept (`08-topic`), else the next free one is taken
 * @throws UsageError when the topic is no name or its notebook is there already; nothing is written then
 */
export function createNotebook(root: string, topic: string): CreatedNotebook {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(topic))
    throw new UsageError(
      `notebook new: "${topic}" is no name: small letters, digits and dashes were expected, as in beacon-times.`,
    );
  const folder = join(root, "notebooks");
  const taken = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".ipynb")) : [];
  const name = /^\d\d-/.test(topic) ? topic : `${nextNumber(taken)}-${topic}`;
  const same = taken.find((file) => file === `${name}.ipynb` || file.slice(2) === `-${topic}.ipynb`);
  if (same !== undefined)
    throw new UsageError(`notebook new: notebooks/${same} is there already. Choose another name.`);
  const path = join(folder, `${name}.ipynb`);
  const names = [...notebooksInRun(root), name];
  setParams([`run.notebooks=[${names.join(",")}]`], [root], { words: [], targets: [] });
  writeFileAtomic(path, notebookText(firstCells(name)));
  return { name, path };
}

function nextNumber(files: readonly string[]): string {
  const numbers = files.map((file) => Number(/^(\d\d)-/.exec(file)?.[1] ?? 0));
  return String(Math.max(0, ...numbers) + 1).padStart(2, "0");
}

function notebooksInRun(root: string): string[] {
  const params = readYaml(readFileSync(join(root, "params.yaml"), "utf8"), "params.yaml");
  const run = isMap(params ?? null) ? (params as Map<unknown, unknown>).get("run") : undefined;
  const list = run instanceof Map ? run.get("notebooks") : undefined;
  return Array.isArray(list) ? list.map(String) : [];
}

function firstCells(name: string): Notebook {
  const [, number, topic] = /^(\d\d)-(.*)$/.exec(name) as RegExpExecArray;
  const title = topic.replaceAll("-", " ");
  const cell = (id: string, type: Cell["type"], source: string): Cell => ({
    ...{ type, id, source, metadata: {}, outputs: [], executionCount: null },
  });
  return {
    metadata: kernelMetadata,
    cells: [
      cell(
        "title",
        "markdown",
        `# ${Number(number)}. ${title[0].toUpperCase()}${title.slice(1)}\n\nWhat is the question?`,
      ),
      cell(
        "setup",
        "code",
        `import { countTable, openLab, show } from ${JSON.stringify(DOOR)};\n\nconst lab = openLab();\nconst flows = await lab.flows();`,
      ),
      cell("first", "markdown", "## How many flows has each family?"),
      cell("first-table", "code", 'await show(countTable(flows, "family"));'),
    ],
  };
}
