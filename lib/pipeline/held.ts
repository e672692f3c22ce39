import { randomBytes } from "node:crypto";
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Stream } from "./shell.js";

/** So much is kept in memory; the rest goes to a file. */
const IN_MEMORY = 1 << 20;
const HEAD = 5;

/** What a stage has printed and whose turn has not come yet: texts are nidslab's own, buffers those of commands. */
export class HeldOutput {
  private readonly parts: { readonly text: string | Buffer; readonly to: Stream }[] = [];
  private bytes = 0;
  private file?: { readonly fd: number; readonly path: string };

  /** @param folder where a file may be made */
  constructor(private readonly folder: () => string) {}

  add(text: string | Buffer, to: Stream): void {
    this.bytes += text.length;
    if (this.file === undefined && this.bytes <= IN_MEMORY) {
      this.parts.push({ text, to });
      return;
    }
    if (this.file === undefined) {
      const path = join(this.folder(), `.held.${randomBytes(4).toString("hex")}.tmp`);
      this.file = { fd: openSync(path, "w+"), path };
    }
    const content = Buffer.from(text);
    const head = Buffer.alloc(HEAD);
    head[0] = (to === "stderr" ? 1 : 0) + (typeof text === "string" ? 2 : 0);
    head.writeUInt32LE(content.length, 1);
    writeSync(this.file.fd, Buffer.concat([head, content]));
  }

  /** Give everything in its order, and keep nothing. */
  replay(emit: (text: string | Buffer, to: Stream) => void): void {
    for (const { text, to } of this.parts.splice(0)) emit(text, to);
    if (this.file === undefined) return;
    const { fd } = this.file;
    const head = Buffer.alloc(HEAD);
    for (let at = 0; readSync(fd, head, 0, HEAD, at) === HEAD; ) {
      const content = Buffer.alloc(head.readUInt32LE(1));
      readSync(fd, content, 0, content.length, at + HEAD);
      at += HEAD + content.length;
      emit(
        (head[0] & 2) === 0 ? content : content.toString("utf8"),
        (head[0] & 1) === 0 ? "stdout" : "stderr",
      );
    }
    this.drop();
  }

  drop(): void {
    this.parts.length = 0;
    if (this.file === undefined) return;
    closeSync(this.file.fd);
    rmSync(this.file.path, { force: true });
    this.file = undefined;
  }
}
