import { DataError } from "../../base/errors.js";
import { didYouMean } from "../../base/nearest.js";
import { globPattern, some } from "../../dataset/files.js";
import type { Divisible, Division } from "../division.js";
import { codedColumn } from "../groups.js";
import type { RecipeOf } from "../recipe.js";
import { counted, groupRows, keep } from "../rows.js";

const parts = ["train", "validation", "test"] as const;
type FilePart = (typeof parts)[number];

/**
 * The user's own files: globs over the column `source`, which is a file's name without its extensions (with its folder
 * where that is needed to tell files apart). A glob with extensions, `site-a/*.log.gz`, matches as if the source had them.
 * A file that no glob matches is unused.
 * @throws DataError when a glob matches nothing, or two parts match one file
 */
export function byFiles({ flows, rows }: Divisible, recipe: RecipeOf<"files">): Division {
  const { codes, values } = codedColumn(flows, "source");
  const { sizes } = groupRows(codes, rows, values.length);
  const there = values.filter((_, code) => sizes[code] > 0);
  const globs: Record<FilePart, readonly string[]> = {
    train: recipe.train,
    validation: Array.isArray(recipe.validation) ? recipe.validation : [],
    test: recipe.test,
  };
  const matched = (part: FilePart): Set<string> =>
    new Set(
      globs[part].flatMap((glob) => {
        const found = there.filter((source) => matches(glob, source));
        if (found.length === 0) throw nothingMatched(part, glob, there);
        return found;
      }),
    );
  const files = { train: matched("train"), validation: matched("validation"), test: matched("test") };
  for (const source of there) {
    const claimed = parts.filter((part) => files[part].has(source));
    if (claimed.length < 2) continue;
    throw new DataError(
      `split: file "${source}" is in ${claimed.join(" and ")}: globs of both match it. Name it in one part in params.yaml.`,
    );
  }
  const of = (part: FilePart): Int32Array => {
    const isIn = values.map((source) => files[part].has(source));
    return keep(rows, (row) => codes[row] >= 0 && isIn[codes[row]]);
  };
  const [train, validation, test] = parts.map(of);
  const unused = rows.length - train.length - validation.length - test.length;
  return {
    train,
    test,
    ...(Array.isArray(recipe.validation) ? { validation } : {}),
    unused: counted("in_no_glob", unused),
    notes: {
      files: Object.fromEntries([
        ...parts.map((part) => [part, [...files[part]]]),
        ["unused", there.filter((source) => !parts.some((part) => files[part].has(source)))],
      ]),
    },
  };
}

/** Whether a glob matches a source, or the source with the extensions that the glob ends with. */
function matches(glob: string, source: string): boolean {
  const pattern = globPattern(glob.replaceAll("\\", "/"));
  const extensions = /(\.[A-Za-z]+)*$/.exec(glob)?.[0] ?? "";
  return pattern.test(source) || pattern.test(source + extensions);
}

function nothingMatched(part: FilePart, glob: string, sources: readonly string[]): DataError {
  return new DataError(
    `split: ${part}: no file matches "${glob}" (sources: ${some(sources)}).${didYouMean(glob, sources)} ` +
      "Correct it in params.yaml.",
  );
}
