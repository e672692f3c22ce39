import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ingest } from "#lib/dataset/ingest.js";
import { tonIotFamilies, tonIotTelemetry } from "#lib/dataset/tonIotTelemetry.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
const policy = { unknown: "error", empty: "error", background: "error", no_column: "error" } as const;
const from = (path: string) => ({ path, files: null, dialect: "auto", rows: null });

describe("ton-iot-telemetry", () => {
  it("reads a byte order mark, CR LF, blanks around values and both ways to write a flag", async () => {
    const path = folder.write(
      "Train_Test_IoT_Garage_Door.csv",
      "\ufeffts,date,time,door_state,sphone_signal,label,type\r\n" +
        "1556228553,25-Apr-19, 14:42:33 ,closed,0,1,ddos\r\n1556228558,25-Apr-19, 14:42:38 ,open,true  ,0,normal\r\n",
    );
    const { table, facts } = await ingest(from(path), policy, 1);
    expect(table.objects()).toMatchObject([
      {
        dataset: "ton-iot-telemetry",
        host: "garage_door",
        start_us: 1556228553e6,
        date: "25-Apr-19",
        time: "14:42:33",
        door_state: "closed",
        sphone_signal: "false",
        label: "ddos",
        family: "ddos",
      },
      { door_state: "open", sphone_signal: "true", label: "benign" },
    ]);
    expect(Object.keys(facts.repaired)).toEqual(["byte_order_mark", "crlf"]);
  });
  it("takes date and time where there is no ts, seven hours behind it", async () => {
    const rows =
      "25-Apr-19, 14:42:33 ,1,on,0,normal\n25-Apr-19, 14:42:34 ,0,0,1,scanning\n25-Apr-19,later,0,off,0,normal\n";
    const path = folder.write(
      "IoT_Motion_Light.csv",
      `date,time,motion_status,light_status,label,type\n${rows}`,
    );
    const { table } = await ingest(from(path), policy, 1);
    expect([...table.numbers("start_us")]).toEqual([1556228553e6, 1556228554e6, Number.NaN]);
    expect(table.strings("light_status")).toEqual(["on", "off", "off"]);
    expect(table.strings("family")).toEqual(["benign", "reconnaissance", "benign"]);
  });
  it("joins devices, each with its own readings, and leaves a sample of a whole file out", async () => {
    const write = (name: string, readings: string, values: string): string =>
      folder.write(
        `devices/${name}`,
        `ts,date,time,${readings},label,type\n1556228553,25-Apr-19,14:42:33,${values},0,normal\n`,
      );
    write("IoT_GPS_Tracker.csv", "latitude,longitude", "116.5,132.1");
    write("IoT_Weather.csv", "temperature,pressure,humidity", "37.1,1.036,51.1");
    write("Train_Test_IoT_Weather.csv", "temperature,pressure,humidity", "37.1,1.036,51.1");
    const { table, facts } = await ingest(from(`${folder.path}/devices`), policy, 1);
    expect(table.objects()).toMatchObject([
      { host: "gps_tracker", latitude: 116.5, temperature: null },
      { host: "weather", latitude: null, humidity: 51.1 },
    ]);
    expect(facts.ignored_files).toEqual([
      { file: "Train_Test_IoT_Weather.csv", why: "its rows are in IoT_Weather.csv" },
    ]);
  });
  it("knows its nine kinds of attacks and refuses pairs that disagree", () => {
    const published = [
      "backdoor",
      "ddos",
      "dos",
      "injection",
      "mitm",
      "password",
      "ransomware",
      "scanning",
      "xss",
    ];
    expect(Object.values(tonIotFamilies).flat().sort()).toEqual(published);
    for (const name of published)
      expect(tonIotTelemetry.meaning(`${name}\t1`)).toMatchObject({ kind: "attack", label: name });
    expect(tonIotTelemetry.meaning("normal\t0").kind).toBe("benign");
    expect(tonIotTelemetry.meaning("normal\t1").kind).toBe("unknown");
    expect(tonIotTelemetry.meaning("ddos\t0").kind).toBe("unknown");
    expect(tonIotTelemetry.meaning("worm\t1").kind).toBe("unknown");
  });
  it("is not what only has its name", async () => {
    expect(tonIotTelemetry.recognise("a,b\n1,2\n")).toBe("none of its columns: ts, or date and time");
    expect(tonIotTelemetry.recognise("ts,fridge_temperature\n1,2\n")).toMatch(
      /no readings of one of its devices/,
    );
    await expect(ingest(from(folder.write("IoT_Fridge.csv", "ts,x\n1,2\n")), policy, 1)).rejects.toThrow(
      /IoT_Fridge\.csv is of no known dialect \(ton-iot-telemetry: no readings/,
    );
  });
});

const real = "../shared/data/ton-iot-telemetry";

describe.skipIf(!existsSync(real))("ton-iot-telemetry on real files", () => {
  it.each([
    [
      "Fridge",
      "fridge",
      { ddos: 5000, backdoor: 5000, injection: 5000, password: 5000, ransomware: 2902, xss: 2042 },
    ],
    [
      "Garage_Door",
      "garage_door",
      {
        ddos: 5000,
        backdoor: 5000,
        injection: 5000,
        password: 5000,
        ransomware: 2902,
        xss: 1156,
        scanning: 529,
      },
    ],
    [
      "Thermostat",
      "thermostat",
      { injection: 5000, backdoor: 5000, password: 5000, ransomware: 2264, xss: 449, scanning: 61 },
    ],
    ["Modbus", "modbus", { injection: 5000, backdoor: 5000, password: 5000, xss: 577, scanning: 529 }],
  ])("reads %s", async (name, host, attacks) => {
    const { table, facts } = await ingest(from(`${real}/Train_Test_IoT_${name}.csv.gz`), policy, 1);
    expect(facts.classes.label).toEqual({ benign: 35000, ...attacks });
    expect(facts.rows.dropped).toBe(0);
    expect(facts.files[0].ignored_columns).toEqual([]);
    expect(table.text("host").dictionary).toEqual([host]);
    for (const { field } of [
      { field: "door_state" },
      { field: "temp_condition" },
      { field: "sphone_signal" },
    ])
      if (table.has(field)) expect(table.text(field).dictionary).toHaveLength(2);
  });
});
