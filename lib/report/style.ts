/** The style of report.html: one column of text beside its contents, figures as sheets of paper, light and dark. */
export const style = `
:root {
  --ink: #1f2328; --quiet: #57606a; --paper: #ffffff; --ground: #f6f8fa; --line: #d0d7de; --accent: #0072b2;
  --mark: #eaf4fb; --note: #fff7e6; --note-line: #e69f00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6edf3; --quiet: #9da7b3; --paper: #0d1117; --ground: #161b22; --line: #30363d; --accent: #6cb6ff;
    --mark: #12263a; --note: #2b2310; --note-line: #b07a00;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; color: var(--ink); background: var(--paper);
  font: 17px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem; }
a { color: var(--accent); text-underline-offset: .15em; }
header { border-bottom: 1px solid var(--line); background: var(--ground); padding: 3rem max(1.25rem, calc((100vw - 76rem) / 2)) 2.25rem; }
h1 { font-size: clamp(1.7rem, 4vw, 2.5rem); line-height: 1.15; letter-spacing: -.02em; margin: 0 0 .75rem; text-wrap: balance; }
.lead { max-width: 46rem; margin: 0; font-size: 1.15rem; color: var(--quiet); }
.columns { display: grid; grid-template-columns: 14rem minmax(0, 1fr); gap: 3rem; max-width: 78.5rem; margin: 0 auto; padding: 0 1.25rem 5rem; }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow: auto; padding-top: 2.5rem; font-size: .92rem; }
nav h2 { font-size: .78rem; letter-spacing: .08em; text-transform: uppercase; color: var(--quiet); margin: 0 0 .6rem; border: 0; padding: 0; }
nav ol { list-style: none; margin: 0; padding: 0; border-left: 1px solid var(--line); }
nav a { display: block; padding: .25rem 0 .25rem .9rem; color: var(--quiet); text-decoration: none; line-height: 1.35; }
nav a:hover { color: var(--accent); box-shadow: -1px 0 0 var(--accent), inset 1px 0 0 var(--accent); }
section { padding-top: 2.5rem; }
h2 { font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; margin: 0 0 1rem; text-wrap: balance; }
h3 { font-size: 1.1rem; margin: 2rem 0 .6rem; }
p, ul { max-width: 44rem; margin: 0 0 1rem; }
li { margin-bottom: .35rem; }
code { font: .88em ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; background: var(--ground); border-radius: 4px; padding: .1em .3em; overflow-wrap: anywhere; }
.note { background: var(--note); border-left: 4px solid var(--note-line); border-radius: 0 6px 6px 0; padding: .8rem 1rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1rem; margin: 0 0 1.5rem; }
.facts div { border: 1px solid var(--line); border-radius: 8px; padding: .9rem 1rem; display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.facts dd { margin: 0; font-size: 1.45rem; font-weight: 650; letter-spacing: -.01em; font-variant-numeric: tabular-nums; line-height: 1.3; overflow-wrap: anywhere; }
.facts dt { color: var(--quiet); font-size: .9rem; line-height: 1.4; }
.table { overflow-x: auto; margin: 1.25rem 0; }
.table:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .88rem; line-height: 1.4; min-width: min(100%, 34rem); }
caption { text-align: left; color: var(--quiet); padding-bottom: .6rem; max-width: min(44rem, calc(100vw - 2.5rem)); }
th, td { padding: .42rem .6rem; text-align: left; vertical-align: top; }
th:first-child, td:first-child { padding-left: .5rem; }
thead th { border-top: 2px solid var(--ink); border-bottom: 1px solid var(--ink); font-weight: 600; vertical-align: bottom; }
th button { all: unset; cursor: pointer; display: inline-flex; gap: .3em; align-items: baseline; }
th button::after { content: "\\2195"; color: var(--quiet); font-weight: 400; opacity: .55; }
th[aria-sort="ascending"] button::after { content: "\\2191"; opacity: 1; }
th[aria-sort="descending"] button::after { content: "\\2193"; opacity: 1; }
th button:hover, th button:focus-visible { color: var(--accent); }
th button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
tbody tr:last-child td { border-bottom: 2px solid var(--ink); }
tbody tr + tr td { border-top: 1px solid var(--line); }
tbody tr:hover td { background: var(--ground); }
tr.marked td, tbody tr.marked:hover td { background: var(--mark); }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
th.number { white-space: normal; }
.reasons { list-style: none; padding: 0; font-size: .85rem; color: var(--quiet); margin-top: -.5rem; }
figure { margin: 1.75rem 0; border: 1px solid var(--line); border-radius: 10px; background: #fff; color: #1f2328; padding: 1rem 1.1rem; }
figure img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
.figure-title { font-weight: 650; }
.figure-subtitle { color: #57606a; font-size: .9rem; margin-bottom: .5rem; }
.figure-title, .figure-subtitle, .plot { display: none; }
.live .figure-title, .live .figure-subtitle { display: block; }
.plot[data-drawn] { display: block; }
.live img { display: none; }
figcaption { margin-top: .75rem; padding-top: .6rem; border-top: 1px solid #e4e7eb; font-size: .9rem; line-height: 1.5; color: #57606a; max-width: 48rem; }
details { border: 1px solid var(--line); border-radius: 8px; padding: .2rem 1rem; margin: 1rem 0; }
details[open] { padding-bottom: .8rem; }
summary { cursor: pointer; padding: .5rem 0; font-weight: 600; }
@media (max-width: 62rem) {
  body { font-size: 16px; }
  header { padding-top: 2rem; }
  .columns { display: block; }
  nav { position: static; max-height: none; padding-top: 1.5rem; }
  figure { margin-left: -.5rem; margin-right: -.5rem; padding: .75rem; }
}
@media print {
  th button::after { content: none; }
  body { font-size: 10.5pt; }
  nav, .skip, .live .figure-title, .live .figure-subtitle, .plot[data-drawn] { display: none; }
  .live img { display: block; }
  .columns { display: block; padding: 0; }
  figure, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
`;
