import { escapeHtml } from "../report/table.js";

const words =
  "as|async|await|break|case|catch|class|const|continue|default|do|else|export|extends|false|finally|for|from|function|if|import|in|instanceof|interface|let|new|null|of|return|switch|this|throw|true|try|type|typeof|undefined|var|void|while|yield";

const tokens = new RegExp(
  [
    String.raw`(?<comment>\/\/[^\n]*|\/\*[\s\S]*?\*\/)`,
    String.raw`(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|${"`"}(?:[^${"`"}\\]|\\[\s\S])*${"`"})`,
    String.raw`(?<number>\b\d[\w.]*)`,
    String.raw`(?<![.\w$])(?<keyword>${words})\b`,
  ].join("|"),
  "g",
);

/** TypeScript as HTML: comments, strings, numbers and keywords in spans of these classes. */
export function highlight(source: string): string {
  const parts: string[] = [];
  let end = 0;
  for (const found of source.matchAll(tokens)) {
    const [kind, text] = Object.entries(found.groups ?? {}).find(([, each]) => each !== undefined)!;
    parts.push(escapeHtml(source.slice(end, found.index)));
    parts.push(`<span class="${kind}">${escapeHtml(text)}</span>`);
    end = found.index + text.length;
  }
  return parts.join("") + escapeHtml(source.slice(end));
}
