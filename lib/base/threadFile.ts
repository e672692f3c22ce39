/**
 * The file of a worker thread, named by its place below dist/. By way of the folder above: the bundled command line stands
 * beside the rooms.
 */
export function threadFile(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}
