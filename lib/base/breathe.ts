/** Let the event loop run once: signals, messages, other work. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
