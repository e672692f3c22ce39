import { basename } from "node:path";
import { type Field, flowField } from "../flow/fields.js";
import { type Column, int64, type Table, type TextColumn } from "../table/table.js";
import { constantText, hasValue } from "./canonical.js";
import { type CsvField, columnKey } from "./csv/spec.js";
import { csvDialect } from "./csvDialect.js";
import { type Dialect, FOREIGN } from "./dialect.js";
import { categoryField, never, numberField } from "./fieldKinds.js";
import { type Families, familyLookup, flaggedMeaning, flaggedText } from "./taxonomy.js";

/** The nine kinds of attacks of ToN-IoT, in the families of its NetFlow editions. */
export const tonIotFamilies: Families = {
  backdoor: ["backdoor"],
  "brute-force": ["password"],
  ddos: ["ddos"],
  dos: ["dos"],
  mitm: ["mitm"],
  ransomware: ["ransomware"],
  reconnaissance: ["scanning"],
  "web-attack": ["injection", "xss"],
};

const familyOf = familyLookup(tonIotFamilies);
const benign = new Set(["normal"]);

const reading = (name: string, unit: string, meaning: string): CsvField => ({
  names: [name],
  field: numberField(name.toLowerCase(), unit, meaning),
});
const state = (name: string, meaning: string, word?: CsvField["word"]): CsvField => ({
  names: [name],
  field: categoryField(name, meaning),
  word,
});
const register = (name: string, what: string): CsvField => reading(name, "register", `Modbus ${what}`);

/** Some rows say 0 and 1, which would tell the campaign that wrote them. */
const flagWords: Readonly<Record<string, string>> = { "0": "false", "1": "true" };

/** The readings of each device, under their own names. Source: Alsaedi et al. 2020, table 4. */
const devices: Readonly<Record<string, readonly CsvField[]>> = {
  fridge: [
    reading("fridge_temperature", "degC", "temperature in the fridge"),
    state("temp_condition", "whether it is above a threshold: high or low"),
  ],
  garage_door: [
    state("door_state", "open or closed"),
    state(
      "sphone_signal",
      "whether a phone sent the signal: true or false",
      (text) => flagWords[text] ?? text,
    ),
  ],
  gps_tracker: [
    reading("latitude", "deg", "latitude of the tracker"),
    reading("longitude", "deg", "longitude of the tracker"),
  ],
  modbus: [
    register("FC1_Read_Input_Register", "function 1, read from the input register"),
    register("FC2_Read_Discrete_Value", "function 2, read a discrete value"),
    register("FC3_Read_Holding_Register", "function 3, read from a holding register"),
    register("FC4_Read_Coil", "function 4, read from a coil"),
  ],
  motion_light: [
    reading("motion_status", "flag", "whether something moves"),
    state("light_status", "on or off", (text) => ({ "0": "off", "1": "on" })[text] ?? text.toLowerCase()),
  ],
  thermostat: [
    reading("current_temperature", "degC", "temperature that the thermostat measures"),
    reading("thermostat_status", "flag", "whether it is on"),
  ],
  weather: [
    reading("temperature", "degC", "temperature outside"),
    reading("pressure", "hPa", "air pressure"),
    reading("humidity", "%", "relative humidity"),
  ],
};

const clock = "a time tells the campaign, not the behaviour";
const dateText: Field = never(
  { ...categoryField("date", "date of the reading where the sensor wrote it (25-Apr-19)"), kind: "text" },
  clock,
);
const timeText: Field = never(
  { ...categoryField("time", "time of day of the reading where the sensor wrote it"), kind: "text" },
  clock,
);

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** `date` and `time` are this far behind `ts` in every row that has all three. */
const BEHIND_US = 7 * 3600e6;

/** The time from `date` (25-Apr-19) and `time` (19:19:40), for copies without `ts`. */
function timesOf(table: Table): Column {
  const days = parsed(table.text("date"), dayUs);
  const clocks = parsed(table.text("time"), clockUs);
  return int64(days.map((day, row) => day + clocks[row] + BEHIND_US));
}

function parsed({ codes, dictionary }: TextColumn, parse: (text: string) => number): Float64Array {
  const values = dictionary.map(parse);
  return Float64Array.from(codes, (code) => values[code] ?? Number.NaN);
}

function dayUs(text: string): number {
  const [, day, month, year] = /^(\d{1,2})-([a-z]{3})-(\d\d|\d{4})$/i.exec(text) ?? [];
  const at = months.indexOf((month ?? "").toLowerCase());
  return at < 0 ? Number.NaN : Date.UTC((Number(year) % 100) + 2000, at, Number(day)) * 1000;
}

function clockUs(text: string): number {
  const [, hours, minutes, seconds] = /^(\d{1,2}):(\d\d):(\d\d)$/.exec(text) ?? [];
  return hours === undefined
    ? Number.NaN
    : (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1e6;
}

/** Which device these column names are of. */
function deviceOf(has: (reading: CsvField) => boolean): string | undefined {
  return Object.keys(devices).find((device) => devices[device].every(has));
}

/** ToN-IoT's telemetry of seven IoT devices, Train_Test and Processed editions. */
export const tonIotTelemetry: Dialect = csvDialect({
  name: "ton-iot-telemetry",
  title: "ToN-IoT telemetry (IoT_Fridge.csv and others, Train_Test_IoT_Fridge.csv and others)",
  dataset: "ton-iot-telemetry",
  row: "one reading of one device (fridge, garage door, GPS tracker, Modbus, motion light, thermostat, weather), in order of time",
  labelPolicy:
    "type normal with label 0 is benign; nine kinds of attacks (backdoor, ddos, dos, injection, mitm, password, ransomware, " +
    "scanning, xss) with label 1 are attacks of that name, in a family; other types, and pairs that disagree, follow " +
    "labels.unknown of params.yaml.",
  citation: "Alsaedi, Moustafa, Tari, Mahmood and Anwar 2020, TON_IoT telemetry dataset, IEEE Access 8",
  needs:
    "Train_Test_IoT_*.csv or IoT_*.csv (Processed) from UNSW Canberra (research.unsw.edu.au/projects/toniot-datasets); free " +
    "for academic research, with the citation; the device is told by the readings",
  named: /^(Train_Test_)?IoT_(Fridge|Garage_Door|GPS_Tracker|Modbus|Motion_Light|Thermostat|Weather)/i,
  delimiters: [","],
  header: "names",
  fields: [
    { names: ["ts"], field: flowField("start_us"), format: ["epoch_s", "iso"] },
    { names: ["date"], field: dateText },
    { names: ["time"], field: timeText },
    ...Object.values(devices).flat(),
  ],
  derived: [{ field: flowField("start_us"), from: ["date", "time"], of: timesOf }],
  label: { columns: [["type"], ["label"]], text: flaggedText },
  missing: ["-"],
  check(_records, names) {
    const keys = new Set(names.map(columnKey));
    if (!keys.has("ts") && !(keys.has("date") && keys.has("time"))) return `${FOREIGN}ts, or date and time`;
    return deviceOf((each) => keys.has(columnKey(each.names[0]))) === undefined
      ? "no readings of one of its devices (fridge_temperature and temp_condition, …)"
      : true;
  },
  // The Train_Test files are a sample of the Processed ones.
  partOf(file, others) {
    const match = /^(.*\/)?Train_Test_(IoT_[^/]*)$/i.exec(file);
    const whole = `${match?.[1] ?? ""}${match?.[2] ?? ""}`.replace(/\.gz$/, "").toLowerCase();
    return match === null
      ? undefined
      : others.find((other) => other.replace(/\.gz$/, "").toLowerCase() === whole);
  },
  extra(path, table) {
    const host =
      deviceOf(({ field }) => hasValue(table.column(field.name))) ??
      deviceOf(({ names: [name] }) => basename(path).toLowerCase().includes(name));
    return { host: constantText(host ?? null, table.rows) };
  },
  meaning: (pair) => flaggedMeaning(pair, benign, familyOf),
});
