/**
 * The wire of the hook switch is cut. An unconnected input reads 0 (cu16.md §4.1), which with the usual switch says
 * "open" although the hook may be closed. The lock itself still works, and the presence sensor has its own wire.
 */
import type { BayFault } from "../Fault.ts"

export const sensorWireCut: BayFault = { on: "bay", hookWire: 0 }
