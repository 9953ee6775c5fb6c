/** A planted bug: faulty parts in place of sound ones, through the same ports. `sound` plants nothing. */
import type { DevicePorts } from "#edge/DeviceProgram.ts"
import { type CloudPlants, soundCloud } from "./CloudHost.ts"
import type { Life } from "./Computer.ts"

export interface Plant {
  readonly name: string
  readonly edge: (ports: DevicePorts, life: Life) => DevicePorts
  readonly cloud: CloudPlants
}

export const sound: Plant = { name: "sound", edge: (ports) => ports, cloud: soundCloud }
