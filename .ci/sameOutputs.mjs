// Whether two executed copies of a notebook show the same: node .ci/sameOutputs.mjs A B
import { readFileSync } from "node:fs";

const [, , a, b] = process.argv;
const text = (value) => (Array.isArray(value) ? value.join("") : value);

/** What each code cell shows, without ids and counts. */
function shown(path) {
  const { cells } = JSON.parse(readFileSync(path, "utf8"));
  return cells
    .filter((cell) => cell.cell_type === "code")
    .map(({ outputs }) =>
      outputs.map((output) =>
        output.output_type === "stream"
          ? [output.name, text(output.text)]
          : Object.entries(output.data ?? { error: output.evalue }).map(([mime, value]) => [mime, text(value)]),
      ),
    );
}

const [first, second] = [shown(a), shown(b)];
const at = first.findIndex((cell, i) => JSON.stringify(cell) !== JSON.stringify(second[i]));
if (first.length !== second.length || at >= 0) {
  console.error(`${a} and ${b} differ: code cell ${at + 1} of ${first.length} and ${second.length}`);
  process.exit(1);
}
console.log(`${a}: ${first.length} code cells, the same outputs`);
