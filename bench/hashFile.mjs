import { statSync } from "node:fs";
import { contentHash } from "../dist/pipeline/tree.js";

// As md5sum: the md5 of a file, by what `nidslab add` and `repro` hash with.
const [path] = process.argv.slice(2);
console.log(`${await contentHash(path, statSync(path).size)}  ${path}`);
