import { expect, it } from "vitest";
import { NidslabError } from "#lib/base/errors.js";
import type { Rows } from "#lib/models/contract.js";
import { expectFinite, type Subject } from "./estimator.js";
import { allBenign, firstRows, madeNumbers, madeRows } from "./made.js";
import { expectSameScores, runOnnx, scoresOf } from "./onnxForm.js";

/** Training rows of an odd shape, or without what most models live on. */
export function checkOddRows(subject: Subject): void {
  const { definition, native } = subject;
  const detector = definition.kind === "detector";
  const own = (made: Rows): Rows => (detector ? allBenign(made) : made);

  it("learns from one column, wide rows, tall ones, and beside a constant column", async () => {
    const seventy = madeNumbers({ rows: 70, columns: 4 });
    for (let at = 2; at < seventy.X.data.length; at += 4) seventy.X.data[at] = 5;
    await expectAnswer(subject, own(madeNumbers({ rows: 200, columns: 1 })));
    await expectAnswer(subject, own(madeNumbers({ rows: 40, columns: 60 })));
    await expectAnswer(subject, own(madeNumbers({ rows: 1000, columns: 2 })));
    await expectAnswer(subject, own(seventy));
  });

  it("answers or refuses by name: one row, and rows that are all the same", async () => {
    await expectAnswerOrRefusal(subject, own(firstRows(subject.made(10, 2), 1)));
    const same = madeNumbers({ rows: 60, columns: 3 });
    same.X.data.fill(2);
    await expectAnswerOrRefusal(subject, own(same));
  });

  if (!detector) {
    it("answers or refuses by name: rows of one class, and a class without rows", async () => {
      for (const only of [0, 1]) {
        const made = subject.made(60, 2);
        await expectAnswerOrRefusal(subject, { ...made, y: new Int32Array(60).fill(only) });
      }
      const made = madeNumbers({ rows: 120, columns: 3 });
      await expectAnswerOrRefusal(subject, { ...made, classes: [...made.classes, "attack-never-seen"] });
    });
  }

  if (native) {
    it("takes missing values: a column that has nothing else, and categories of one level", async () => {
      const made = own(madeRows({ rows: 120, missing: 0.3 }));
      for (let at = 1; at < made.X.data.length; at += 4) made.X.data[at] = Number.NaN;
      for (let at = 3; at < made.X.data.length; at += 4) made.X.data[at] = 0;
      await expectAnswer(subject, made);
    });
  } else if (definition.family === "ensemble") {
    it("takes missing values and categories where all its models do, else they refuse them by name", async () => {
      await expectAnswerOrRefusal(subject, own(madeRows({ rows: 120, missing: 0.3 })));
    });
  } else {
    it("refuses missing values and categories by the column's name", async () => {
      const made = own(madeNumbers({ rows: 50, columns: 3 }));
      made.X.data[7] = Number.NaN;
      await expect(subject.fit(made)).rejects.toThrow(/"x1" has 1 missing or infinite values in 50 training/);
      await expect(subject.fit(own(madeRows({ rows: 50 })))).rejects.toThrow(/"service" is a category/);
    });
  }
}

/** The model can be fitted, and its scores of its own rows are finite and those of its ONNX form. */
async function expectAnswer(subject: Subject, train: Rows): Promise<void> {
  const model = await subject.fit(train);
  const scores = scoresOf(model, train.X);
  expectFinite(scores);
  expectSameScores((await runOnnx(model, train.X)).data, scores);
}

/** The same, unless `fit` says what it lacks in an error of the kit that says whose it is. */
async function expectAnswerOrRefusal(subject: Subject, train: Rows): Promise<void> {
  try {
    await subject.fit(train);
  } catch (error) {
    expect(error).toBeInstanceOf(NidslabError);
    expect((error as Error).message).toMatch(/^[a-z-]+: .{20}/);
    return;
  }
  await expectAnswer(subject, train);
}
