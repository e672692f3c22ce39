import { CsvFile } from "./csv/file.js";
import { layoutOf } from "./csv/layout.js";
import type { CsvDialectSpec } from "./csv/spec.js";
import type { Dialect } from "./dialect.js";

/** A dialect whose files are read by the engine of lib/table/csv as `spec` says; also ARFF, whose attributes are the header, and Parquet. */
export function csvDialect(spec: CsvDialectSpec): Dialect {
  const { name, title, dataset, row, labelPolicy, citation, needs, datasetOf, partOf, meaning } = spec;
  const { named, mayBeNamed } = spec;
  const ownNames = new Map(spec.fields.map(({ names, field }) => [field.name, names[0]]));
  return {
    ...{ name, title, dataset, row, labelPolicy, citation, needs, datasetOf, partOf, meaning },
    ...{ named, mayBeNamed },
    columns: [...new Set([...spec.fields, ...(spec.derived ?? [])].map(({ field }) => field))],
    fileColumn: (field) => ownNames.get(field),
    recognise: (head) => {
      const found = layoutOf(spec, head);
      return typeof found === "string" ? found : true;
    },
    open: (path) => new CsvFile(spec, path),
  };
}
