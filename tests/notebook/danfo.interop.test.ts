import { expect, it } from "vitest";
import { fromDanfo, toDanfo } from "#lib/notebook/danfo.js";
import { float64, int64, Table, text } from "#lib/table/table.js";
import { describeWithEngines } from "../engines/added.js";

describeWithEngines("danfojs", ["danfojs-node"], () => {
  const table = Table.of({
    orig_bytes: int64([10, 20, 30]),
    duration: float64([0.5, Number.NaN, 2.25]),
    service: text(["dns", null, "http"]),
  });

  it("takes a table and gives it back", async () => {
    const frame = await toDanfo(table);
    expect(frame.shape).toEqual([3, 3]);
    const back = fromDanfo(frame);
    expect(back.names).toEqual(table.names);
    expect(back.objects()).toEqual(table.objects());
    expect(back.column("orig_bytes")).toMatchObject({ type: "int64" });
  });

  it("groups as the table's own numbers say", async () => {
    const frame = (await toDanfo(
      Table.of({ label: text(["a", "b", "a"]), bytes: float64([1.5, 2, 4]) }),
    )) as unknown as {
      groupby(by: string[]): { col(of: string[]): { sum(): Parameters<typeof fromDanfo>[0] } };
    };
    const sums = fromDanfo(frame.groupby(["label"]).col(["bytes"]).sum()).objects();
    expect(sums).toEqual([
      { label: "a", bytes_sum: 5.5 },
      { label: "b", bytes_sum: 2 },
    ]);
  });
});
