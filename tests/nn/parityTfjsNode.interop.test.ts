import { besideTfjs } from "./parityTfjs.js";

besideTfjs("tfjs-node");
