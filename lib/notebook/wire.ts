import { createHmac, randomUUID } from "node:crypto";
import { FormatError } from "../base/errors.js";

/** One message of the Jupyter protocol 5.3. Source: jupyter-client.readthedocs.io, "Messaging in Jupyter". */
export interface Message {
  readonly type: string;
  readonly id: string;
  /** Id of the request that this answers, or undefined. */
  readonly parent: string | undefined;
  readonly content: Readonly<Record<string, unknown>>;
}

const delimiter = "<IDS|MSG>";

function signature(key: string, parts: readonly string[]): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

/** A request as the frames that go over the wire, and its id. */
export function encodeRequest(
  type: string,
  content: object,
  session: string,
  key: string,
): { readonly id: string; readonly frames: string[] } {
  const id = randomUUID();
  // The kernel does not read the date; a fixed one keeps the clock out of here.
  const date = "1970-01-01T00:00:00.000Z";
  const header = { msg_id: id, session, username: "nidslab", date, msg_type: type, version: "5.3" };
  const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
  return { id, frames: [delimiter, signature(key, parts), ...parts] };
}

/**
 * The message in a list of frames: routing prefix, delimiter, signature, header, parent, metadata, content.
 * @throws FormatError when the delimiter is missing or the signature is wrong
 */
export function decodeMessage(frames: readonly Uint8Array[], key: string): Message {
  const texts = frames.map((frame) => Buffer.from(frame).toString("utf8"));
  const at = texts.indexOf(delimiter);
  const parts = texts.slice(at + 2, at + 6);
  if (at < 0 || parts.length < 4) {
    throw new FormatError(
      `notebook: a kernel message of ${frames.length} frames is not of the Jupyter protocol.`,
    );
  }
  if (signature(key, parts) !== texts[at + 1]) {
    throw new FormatError(
      "notebook: a kernel message has a wrong signature: it is not from the kernel we started.",
    );
  }
  const [header, parent, , content] = parts.map((part) => JSON.parse(part) as Record<string, unknown>);
  return {
    type: String(header.msg_type),
    id: String(header.msg_id),
    parent: typeof parent.msg_id === "string" ? parent.msg_id : undefined,
    content,
  };
}
