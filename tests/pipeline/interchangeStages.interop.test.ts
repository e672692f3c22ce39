import { appendFileSync, chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { it } from "vitest";
import { all, remove, replace } from "./edits.js";
import { besideDvc, type Step } from "./twin.js";

const fresh: Step = { what: "fresh" };
const again: Step = { what: "again" };

besideDvc("nidslab and dvc on every kind of stage", (play) => {
  it("frozen", () =>
    play({
      files: {
        "dvc.yaml": `stages:
  a: {cmd: cp in a.txt, deps: [in], outs: [a.txt]}
  b: {cmd: cp a.txt b.txt, deps: [a.txt], outs: [b.txt], frozen: true}
  c: {cmd: cp b.txt c.txt, deps: [b.txt], outs: [c.txt]}
`,
        in: "1\n",
      },
      steps: [
        { what: "it has not run", settled: false, code: 255 },
        { what: "thawed", edit: replace("dvc.yaml", ", frozen: true", "") },
        {
          what: "frozen, new data",
          edit: all(replace("dvc.yaml", "[b.txt]}", "[b.txt], frozen: true}"), replace("in", "1", "2")),
        },
        { what: "its output edited", edit: (box) => box.write({ "b.txt": "mine\n" }) },
        { what: "forced", call: ["repro", "-f"] },
        { what: "its output gone", edit: remove("b.txt"), settled: false, code: 255 },
      ],
    }));

  it("always_changed, and stages without deps or outs", () =>
    play({
      files: {
        "dvc.yaml": `stages:
  always: {cmd: date +%Y > year, outs: [year], always_changed: true}
  callback: {cmd: echo called}
  none: {cmd: echo 1 > none.txt, outs: [none.txt]}
  check: {cmd: test -s in, deps: [in]}
  after: {cmd: cat year none.txt > after, deps: [year, none.txt], outs: [after]}
`,
        in: "1\n",
      },
      byStage: true,
      steps: [
        { ...fresh, settled: false },
        { what: "new data", edit: replace("in", "1", "2"), settled: false },
        { what: "forced", call: ["repro", "--force"], settled: false },
      ],
    }));

  it("persist", () =>
    play({
      files: {
        "dvc.yaml": `stages:
  log: {cmd: cat in >> log.txt; mkdir -p logs; cp in logs/$(cat in), deps: [in], outs: [log.txt: {persist: true}, logs: {persist: true}]}
  size: {cmd: wc -l < log.txt > size, deps: [log.txt], outs: [size]}
`,
        in: "1\n",
      },
      byStage: true,
      steps: [
        fresh,
        { what: "new data", edit: replace("in", "1", "2") },
        { what: "data as it was", edit: replace("in", "2", "1") },
        { what: "an output gone", edit: remove("log.txt") },
      ],
    }));

  it("outputs that are not in the cache, metrics, plots", () =>
    play({
      files: {
        "dvc.yaml": `stages:
  a:
    cmd: mkdir -p plain plots; cp in plain/x; cp in plain.txt; cp in plots/p.csv; cp in loss.csv; echo '{"a":1}' > m.json; cp m.json c.json
    deps: [in]
    outs:
    - plain: {cache: false}
    - plain.txt: {cache: false, desc: words, type: t, labels: [l], meta: {k: v}}
    metrics:
    - m.json: {cache: false}
    - c.json
    plots:
    - loss.csv: {x: step, y: loss, title: Loss}
    - plots: {cache: false}
  b:
    cmd: cp m.json n.json; cp loss.csv loss2.csv
    deps: [m.json, loss.csv]
    metrics: [n.json: {cache: false}]
    plots: [loss2.csv: {cache: false}]
metrics: [m.json]
plots: [loss.csv: {x: step, y: loss}]
artifacts: {model: {path: plain.txt, type: model}}
`,
        in: "step,loss\n1,2\n",
      },
      byStage: true,
      steps: [
        fresh,
        { what: "new data", edit: (box) => appendFileSync(box.path("in"), "2,1\n") },
        { what: "edited", edit: replace("m.json", "1", "2") },
        { what: "gone", edit: remove("n.json", "loss2.csv") },
        { what: "gone, and data as it was", edit: all(remove("plain", "plots"), replace("in", "2,1\n", "")) },
      ],
    }));

  it("foreach, matrix, vars and templates", () =>
    play({
      unordered: "DVC keeps the stages of a group as a set, whose order is by hash",
      files: {
        "dvc.yaml": `vars:
- more.yaml
- name: words
stages:
  list:
    foreach: \${items}
    do: {cmd: "echo \${item} > l-\${item}", outs: ["l-\${item}"]}
  map:
    foreach: {one: {lr: 0.10, deep: {a: true}}, two: {lr: 1e-5, deep: {a: ~}}}
    do:
      cmd: echo \${key} \${item.lr} \${item.deep.a} > m-\${key}
      params: [{more.yaml: [rate]}]
      outs: ["m-\${key}"]
  grid:
    matrix:
      a: [1, 2.0]
      b: \${items}
    cmd: echo \${item.a} \${item.b} \${options} > g-\${key}
    deps: ["l-\${item.b}"]
    outs: ["g-\${key}"]
  local:
    vars: [{name2: "it's", deep: {x: 1}}]
    cmd: echo \${name} "\${name2}" \${deep.x} \\\${HOME} > local
    wdir: .
    outs: [local]
`,
        "more.yaml": "rate: 1.50\nitems: [x, y]\noptions: {depth: 3, on: true, words: 'a b'}\n",
        "params.yaml": "unused: 1\n",
      },
      byStage: true,
      steps: [
        fresh,
        { what: "an item more", edit: replace("more.yaml", "[x, y]", "[x, y, 1.0]") },
        { what: "an item less", edit: replace("more.yaml", "[x, y, 1.0]", "[y, 1.0]") },
        { what: "another value", edit: replace("more.yaml", "depth: 3", "depth: 4") },
        { what: "a group", edit: remove("l-y", "l-1.0"), call: ["repro", "list"] },
        { what: "a member", edit: remove("m-one", "m-two"), call: ["repro", "map@two"], settled: false },
      ],
    }));

  it("several dvc.yaml, wdir, paths that are not normal", () =>
    play({
      files: {
        "dvc.yaml": `stages:
  top: {cmd: mkdir -p d; cp ./in.txt d//o, deps: [./in.txt], outs: [./d//o]}
  down: {cmd: cp ../d/o o2, wdir: sub, deps: [../d/o], params: [p], outs: [o2]}
`,
        "sub/params.yaml": "p: 1\n",
        "sub/dvc.yaml": `stages:
  inner: {cmd: cp o2 deep/o3, deps: [o2], params: [p, {../params.yaml: [q]}], outs: [deep/o3]}
  moved: {cmd: cat o3 > "o 4", wdir: deep, deps: [./o3], outs: [o 4]}
`,
        "sub/deep/keep": "",
        "other/one/dvc.yaml": `stages:
  last: {cmd: cat "../../sub/deep/o 4" > last, deps: [../../sub/deep/o 4], outs: [last]}
`,
        "params.yaml": "q: {a: [1]}\n",
        "in.txt": "1\n",
      },
      call: ["repro", "dvc.yaml", "other/one/dvc.yaml"],
      unordered: "DVC takes the files in the order in which the file system lists them",
      steps: [
        fresh,
        again,
        { what: "new data", edit: replace("in.txt", "1", "2") },
        { what: "a parameter of one folder", edit: replace("sub/params.yaml", "1", "2") },
        { what: "one of another", edit: replace("params.yaml", "[1]", "[1, 2]") },
        { what: "an output gone", edit: remove("sub/deep/o 4"), call: ["repro", "sub/dvc.yaml"] },
        {
          what: "a lock gone",
          edit: remove("sub/dvc.lock"),
          call: ["repro", "sub/dvc.yaml:inner"],
          settled: false,
        },
        { what: "all of it", edit: replace("in.txt", "2", "3"), call: ["repro", "other/one/dvc.yaml:last"] },
      ],
    }));

  it("data files and what they track", () =>
    play({
      files: {
        "dvc.yaml":
          "stages:\n  a: {cmd: cat raw/* one.txt > a.txt, deps: [raw, data/one.txt], outs: [a.txt]}\n".replace(
            "cat raw/* one.txt",
            "cat raw/* data/one.txt",
          ),
        "raw/x": "1\n",
        "raw/y": "2\n",
        "data/one.txt": "3\n",
      },
      unordered: "DVC takes the files in the order in which the file system lists them",
      byStage: true,
      steps: [
        { what: "add a folder", call: ["add", "raw"], settled: false },
        { what: "add a file", call: ["add", "data/one.txt"], settled: false },
        fresh,
        { what: "a file of the folder edited", edit: replace("raw/x", "1", "one") },
        {
          what: "the file edited, the .dvc file has comments",
          edit: all(
            (box) =>
              box.write({ "data/one.txt.dvc": `# ours\n${box.read("data/one.txt.dvc")}meta: {a: 1}\n` }),
            replace("data/one.txt", "3", "33"),
          ),
        },
        {
          what: "added anew",
          edit: replace("data/one.txt", "33", "34"),
          call: ["add", "data/one.txt"],
          settled: false,
        },
        {
          what: "checked out",
          edit: remove("raw", "data/one.txt", "a.txt"),
          call: ["checkout"],
          settled: false,
        },
        { what: "an object gone", edit: remove(".dvc/cache/files") },
        { what: "the data gone", edit: remove("raw"), settled: false, code: 255 },
      ],
    }));

  it("folders of all sorts", () =>
    play({
      files: {
        "dvc.yaml": `stages:
  make:
    cmd: bash make.sh
    deps: [make.sh, in]
    outs: [out, "out put.txt", run.sh, é/ü, empty, nothing]
  use:
    cmd: find -L out -type f | sort > list
    deps: [out]
    outs: [list]
`,
        "make.sh": `mkdir -p out/a/b out/sub-x out/sub out/empty/er "out/sp ace" é nothing/at/all
cp --no-preserve=mode in/* out/; : > out/nothing && : > empty
echo 1 > out/a/b/c && echo 2 > out/sub-x/f && echo 3 > out/sub.txt && echo 4 > out/sub/b
echo 5 > "out/sp ace/ü \u{1f600}.txt" && echo 6 > out/ﬀ && echo 7 > 'out/q"uote\\' && echo 8 > out/$'new\\nline' && echo 9 > out/.hidden
echo 'echo hi' > out/x.sh && cp out/x.sh run.sh && chmod 755 run.sh
ln -s ../make.sh out/link && echo 1 > "out put.txt" && echo 1 > é/ü
`,
        "in/one": "1\n",
        "in/two": "",
      },
      prepare: (box) => {
        chmodSync(box.path("in/one"), 0o755);
        symlinkSync("one", box.path("in/three"));
        mkdirSync(box.path("in/empty"));
      },
      byStage: true,
      steps: [
        fresh,
        { what: "the x bit alone is no change", edit: (box) => chmodSync(box.path("run.sh"), 0o644) },
        { what: "deleted", edit: remove("out", "run.sh", "é/ü", "nothing", "empty") },
        { what: "new data", edit: (box) => box.write({ "in/d e": "2\n" }) },
        { what: "an empty folder more", edit: (box) => mkdirSync(box.path("out/void")) },
        { what: "data as it was", edit: remove("in/d e") },
      ],
    }));

  // DVC's restored folders lose x bits and links to folders; ours stay as they are when the content is right.
  it("folders with executables and links to folders", () =>
    play({
      files: {
        "dvc.yaml": `stages:
  make:
    cmd: mkdir out; cat in > out/x.sh; chmod 755 out/x.sh; mkdir out/a; ln -s a out/linked; echo 1 > out/a/b
    deps: [in]
    outs: [out]
`,
        in: "echo hi\n",
      },
      steps: [fresh, again, { what: "new data", edit: replace("in", "hi", "ho") }],
    }));

  it("long and odd commands, params with anchors", () =>
    play({
      files: {
        "dvc.yaml": `stages:
  long:
    cmd: echo ${"word ".repeat(30)}ünïcode ${"x".repeat(90)} 'quoted "text"' --a=1 > long.txt
    outs: [long.txt]
  block:
    cmd: |
      echo "first: line" # words > block.txt
      echo 'second' > block.txt

      echo ${"a ".repeat(60)} >> block.txt
    outs: [block.txt]
  folded:
    cmd: >-
      echo folded
      "with: colon" > folded.txt
    outs: [folded.txt]
  list:
    cmd:
    - echo 1 > list.txt
    - echo '${"long ".repeat(25)}' >> list.txt
    - "true"
    outs: [list.txt]
  anchored:
    cmd: echo "\${b.x}" > anchored.txt
    params: [a, b, a.deep, list]
    outs: [anchored.txt]
`,
        "params.yaml": `a: &a {deep: {x: 1, y: [1, 2.0, 1e-7]}, text: "${"many words and ".repeat(8)}", date: '2020-01-01'}
b: {<<: *a, x: 'it''s'}
list: [*a, ~, yes, 0x1F, 017, 1_000, .5, -.inf, "1", ' lead', "tab\\t", "é: ü", 'null', "line\\nline", {}, []]
`,
      },
      byStage: true,
      steps: [
        fresh,
        again,
        { what: "inside the anchor", edit: replace("params.yaml", "x: 1", "x: 1.5") },
        { what: "text", edit: replace("params.yaml", "it''s", "# it") },
        { what: "a command", edit: replace("dvc.yaml", "echo folded", "echo   folded") },
      ],
    }));
});
