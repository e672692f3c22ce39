import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Dealer, Subscriber } from "zeromq";
import { DataError } from "../base/errors.js";
import { decodeMessage, encodeRequest, type Message } from "./wire.js";

/** What a cell's execution ended with: what the kernel says, or that it took too long. */
export type CellStatus = "ok" | "error" | "abort" | "timeout";

/** A running tslab kernel: the project's own, in a process of its own. */
export interface Kernel {
  /**
   * Execute a cell; `onMessage` gets what it shows, also what comes late.
   * @throws DataError when the kernel ends meanwhile (process.exit in a cell, a crash)
   */
  execute(code: string, timeoutMs: number, onMessage: (message: Message) => void): Promise<CellStatus>;
  /**
   * Send a request that shows nothing and wait for the content of its reply (`complete_request`, `inspect_request`, …).
   * All that the kernel has said before has arrived by then.
   */
  ask(type: string, content: object): Promise<Message["content"]>;
  /** End the kernel: politely first, then by force. Never throws. */
  close(): Promise<void>;
  /** End the kernel at once. */
  kill(): void;
}

export interface KernelOptions {
  /** Folder that the cells run in. */
  readonly cwd: string;
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Files as sockets (the default where that is possible), or local ports. */
  readonly transport?: "ipc" | "tcp";
  /** Aborted: the kernel ends at once, also while it starts. */
  readonly signal?: AbortSignal;
}

const startMs = 60_000;
const politeMs = 2_000;

interface Pending {
  readonly onMessage: (message: Message) => void;
  readonly reply: Promise<Message>;
  readonly idle: Promise<void>;
  readonly gotReply: (message: Message) => void;
  readonly gotIdle: () => void;
}

/**
 * Start `tslab kernel` and wait until it answers.
 * Facts about tslab 1.0.22 that this relies on: it never sends `error` or `execute_result`; the shell replies
 * `{status}`; what it publishes before its `idle` arrives before that `idle`.
 * @throws DataError when the kernel does not come up
 */
export async function startKernel(options: KernelOptions): Promise<Kernel> {
  const script = tslabScript();
  const zmq = await import("zeromq");
  const folder = mkdtempSync(join(tmpdir(), "nidslab-"));
  const connection = await connectionInfo(options.transport ?? defaultTransport(folder), folder);
  const file = join(folder, "connection.json");
  writeFileSync(file, JSON.stringify(connection), { mode: 0o600 });
  const session = randomUUID();
  const shell = new zmq.Dealer({ routingId: session, linger: 0 });
  const iopub = new zmq.Subscriber({ linger: 0 });
  const child = spawn(process.execPath, [script, "kernel", "--config-path", file], {
    cwd: options.cwd,
    env: kernelEnv(options.env ?? {}),
    stdio: ["ignore", "ignore", "pipe"],
  });
  const life = watch(child);
  const kill = (): void => {
    child.kill("SIGKILL");
  };
  process.on("exit", kill);
  options.signal?.addEventListener("abort", kill);
  if (options.signal?.aborted) kill();
  const tidy = (): void => {
    process.off("exit", kill);
    options.signal?.removeEventListener("abort", kill);
    shell.close();
    iopub.close();
    rmSync(folder, { recursive: true, force: true });
  };

  const pending = new Map<string, Pending>();
  const request = async (
    type: string,
    content: object,
    onMessage: (message: Message) => void,
  ): Promise<Pending> => {
    const { id, frames } = encodeRequest(type, content, session, connection.key);
    const entry = pendingOf(onMessage);
    pending.set(id, entry);
    await shell.send(frames);
    return entry;
  };
  const address = (port: number): string => `${connection.transport}://${connection.ip}:${port}`;
  shell.connect(address(connection.shell_port));
  iopub.connect(address(connection.iopub_port));
  iopub.subscribe("");
  const listening = [
    listen(shell, connection.key, (m) => pending.get(m.parent ?? "")?.gotReply(m)),
    listen(iopub, connection.key, (m) => route(m, pending.get(m.parent ?? ""))),
  ];
  const broken = Promise.race(listening).then(() => new Promise<never>(() => {}));
  broken.catch(() => {});
  const alive = <T>(work: Promise<T>): Promise<T> => Promise.race([work, life.ended, broken]);

  const ask = async (type: string, content: object): Promise<Message["content"]> => {
    const asked = await request(type, content, () => {});
    const [reply] = await alive(Promise.all([asked.reply, asked.idle]));
    return reply.content;
  };
  const close = async (): Promise<void> => {
    if (life.isAlive()) {
      request("shutdown_request", { restart: false }, () => {}).catch(() => {});
      await Promise.race([life.exited, delay(politeMs)]);
      kill();
      await life.exited;
    }
    tidy();
  };

  try {
    await alive(firstAnswer(request));
  } catch (error) {
    kill();
    await life.exited;
    tidy();
    throw error;
  }
  return {
    ask,
    close,
    kill,
    async execute(code, timeoutMs, onMessage) {
      const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
      const cell = await request("execute_request", content, onMessage);
      const work = Promise.all([cell.reply, cell.idle]).then(([reply]) => statusOf(reply));
      return alive(withTimeout(work, timeoutMs));
    },
  };
}

/** The name of a socket's file has room for 107 bytes, on macOS for 103. */
const longestSocketName = 100;

/** Where files cannot be sockets (on Windows, or with a long $TMPDIR) local ports are used. */
function defaultTransport(folder: string): "ipc" | "tcp" {
  const isShort = Buffer.byteLength(socketName(folder)) <= longestSocketName;
  return process.platform !== "win32" && isShort ? "ipc" : "tcp";
}

/** The sockets' files: this, a dash and a digit. */
const socketName = (folder: string): string => join(folder, "s");

interface ConnectionInfo {
  readonly transport: "ipc" | "tcp";
  readonly ip: string;
  readonly key: string;
  readonly signature_scheme: "hmac-sha256";
  readonly kernel_name: "tslab";
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
}

/** A connection file's content. With ipc the five "ports" are the ends of five file names. */
async function connectionInfo(transport: "ipc" | "tcp", folder: string): Promise<ConnectionInfo> {
  const ports = transport === "ipc" ? [1, 2, 3, 4, 5] : await freePorts(5);
  return {
    transport,
    ip: transport === "ipc" ? socketName(folder) : "127.0.0.1",
    key: randomBytes(16).toString("hex"),
    signature_scheme: "hmac-sha256",
    kernel_name: "tslab",
    shell_port: ports[0],
    iopub_port: ports[1],
    stdin_port: ports[2],
    control_port: ports[3],
    hb_port: ports[4],
  };
}

/** Ports that nobody listens on now, all held until each is known, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once("error", reject);
          server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** @throws DataError when tslab or what it speaks with is not installed */
function tslabScript(): string {
  const { resolve } = createRequire(import.meta.url);
  try {
    resolve("zeromq");
    return join(dirname(dirname(resolve("tslab"))), "bin", "tslab");
  } catch (error) {
    throw new DataError(
      "notebook: the kernel is not installed: tslab and zeromq were expected in node_modules. Run npm ci.",
      { cause: error },
    );
  }
}

/** What cells print must not depend on the terminal or the time zone of whoever runs them. */
function kernelEnv(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _, ...env } = process.env;
  return { ...env, NO_COLOR: "1", TZ: "UTC", ...own };
}

/** The life of the kernel's process: `ended` rejects with its last words when it is over. */
function watch(child: ChildProcess): {
  readonly ended: Promise<never>;
  readonly exited: Promise<void>;
  readonly isAlive: () => boolean;
} {
  let alive = true;
  let said = "";
  child.stderr?.setEncoding("utf8");
  child.stderr?.on("data", (text: string) => {
    said = (said + text).slice(-2000);
  });
  let reject: (error: Error) => void = () => {};
  const ended = new Promise<never>((_, no) => {
    reject = no;
  });
  ended.catch(() => {});
  const exited = new Promise<void>((resolve) => {
    const end = (how: string): void => {
      alive = false;
      const words = said.trim().split("\n").at(-1) ?? "";
      reject(new DataError(`the kernel ended (${how})${words === "" ? "" : `: ${words}`}`));
      resolve();
    };
    child.once("error", (error) => end(error.message));
    child.once("close", (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  return { ended, exited, isAlive: () => alive };
}

function pendingOf(onMessage: (message: Message) => void): Pending {
  let gotReply: (message: Message) => void = () => {};
  let gotIdle: () => void = () => {};
  const reply = new Promise<Message>((resolve) => {
    gotReply = resolve;
  });
  const idle = new Promise<void>((resolve) => {
    gotIdle = resolve;
  });
  return { onMessage, reply, idle, gotReply, gotIdle };
}

/** Read a socket until it is closed. */
async function listen(
  socket: Dealer | Subscriber,
  key: string,
  take: (message: Message) => void,
): Promise<void> {
  for await (const frames of socket) take(decodeMessage(frames, key));
}

function route(message: Message, entry: Pending | undefined): void {
  if (entry === undefined) return;
  if (message.type !== "status") entry.onMessage(message);
  else if (message.content.execution_state === "idle") entry.gotIdle();
}

/** The subscriber joins late and may miss the first messages: ask until one `idle` has come through. */
async function firstAnswer(
  request: (type: string, content: object, onMessage: () => void) => Promise<Pending>,
): Promise<void> {
  for (let waited = 0; waited < startMs; waited += 150) {
    const ask = await request("kernel_info_request", {}, () => {});
    const both = Promise.all([ask.reply, ask.idle]).then(() => true);
    if (await Promise.race([both, delay(150).then(() => false)])) return;
  }
  throw new DataError(`the kernel did not answer within ${startMs / 1000} s`);
}

function statusOf(reply: Message): CellStatus {
  const status = reply.content.status;
  return status === "ok" || status === "abort" ? status : "error";
}

async function withTimeout(work: Promise<CellStatus>, ms: number): Promise<CellStatus> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CellStatus>((resolve) => {
    timer = setTimeout(() => resolve("timeout"), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
