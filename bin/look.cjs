// What a start of nidslab looks at to know that dist/ and node_modules are still right: names, sizes and times of the
// sources. CommonJS and few modules, because every start pays for it.
"use strict";
const { readdirSync, readFileSync, statSync } = require("node:fs");
const { join } = require("node:path");

/** @param {string} root the project's folder @returns {string} a line a file; equal texts: nothing has changed */
function look(root) {
  const lines = [];
  const note = (path) => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    lines.push(`${path} ${stat?.size} ${stat?.mtimeMs}`);
  };
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (entry.name.endsWith(".ts")) note(path);
    }
  };
  walk("lib");
  lines.sort();
  for (const path of ["tsconfig.json", "package-lock.json", "node_modules/.package-lock.json"]) note(path);
  return `${lines.join("\n")}\n`;
}

/** Where the look at the time of the last build is kept. */
const lookPath = (root) => join(root, "dist", ".look");

/** @returns {boolean} whether dist/ was made from what lib/ is now */
function isFresh(root) {
  try {
    return readFileSync(lookPath(root), "utf8") === look(root);
  } catch {
    return false;
  }
}

module.exports = { look, lookPath, isFresh };
