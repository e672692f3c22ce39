/** The folders above a `/`-separated path: of "a/b/c" these are "a" and "a/b". */
export function foldersAbove(path: string): string[] {
  const above: string[] = [];
  for (let end = path.indexOf("/"); end !== -1; end = path.indexOf("/", end + 1))
    above.push(path.slice(0, end));
  return above;
}

/** Paths and all folders above them. */
export function withFolders(paths: Iterable<string>): Set<string> {
  return new Set([...paths].flatMap((path) => [...foldersAbove(path), path]));
}
