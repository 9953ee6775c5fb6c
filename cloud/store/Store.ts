/** Every repository, on one database. */
import { Layer } from "effect"
import { Bays } from "./Bays.ts"
import { Branches } from "./Branches.ts"
import { Carts } from "./Carts.ts"
import { Chains } from "./Chains.ts"
import { Commands } from "./Commands.ts"
import { Controllers } from "./Controllers.ts"
import { Devices } from "./Devices.ts"
import { DeviceSessions } from "./DeviceSessions.ts"
import { Quarantine } from "./Quarantine.ts"
import { TwinHistory } from "./TwinHistory.ts"
import { Twins } from "./Twins.ts"
import { Users } from "./Users.ts"

export const Store = Layer.mergeAll(
  Bays.layer,
  Branches.layer,
  Carts.layer,
  Chains.layer,
  Commands.layer,
  Controllers.layer,
  Devices.layer,
  DeviceSessions.layer,
  TwinHistory.layer,
  Twins.layer,
  Users.layer,
).pipe(Layer.provideMerge(Quarantine.layer))
