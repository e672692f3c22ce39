import { checkTfjs } from "./tfjsChecks.js";

checkTfjs("tfjs");
