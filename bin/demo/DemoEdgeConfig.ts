/**
 * The configuration of the demo's one edge program: where the cloud is, and for every device of the registry its claim and
 * one simulated bus, shown as a tty. Everything else the devices learn when they join, as in a branch.
 */
import type { RegistryDocument } from "#core/domain/RegistryDocument.ts"
import type { JoiningConfig } from "#edge/config/JoiningConfig.ts"

export interface DemoEdgeOptions {
  readonly apiPort: number
  readonly mqttPort: number
  /** Where the edge keeps its keys and journals. */
  readonly dataDir: string
  readonly controlPort: number
  readonly seed: number
  /** The claim code of the device with a MAC. */
  readonly claimOf: (macAddress: string) => string
}

/** The edge configuration for all devices of a registry, simulated. */
export const demoEdgeConfig = (
  registry: (typeof RegistryDocument)["Encoded"],
  { apiPort, mqttPort, dataDir, controlPort, seed, claimOf }: DemoEdgeOptions,
): (typeof JoiningConfig)["Encoded"] => ({
  v: 1,
  cloud: { url: `http://127.0.0.1:${apiPort}` },
  // The demo may have another port at its next start, when the devices know who they are before the cloud is there.
  broker: { host: "127.0.0.1", port: mqttPort },
  data_dir: dataDir,
  simulator: { control_port: controlPort, seed, ttys: true },
  devices: registry.chains.flatMap((chain) =>
    chain.branches.flatMap((branch) =>
      branch.devices.map((device) => ({
        device_name: device.device_name,
        mac_address: device.mac_address,
        serial_number: device.serial_number,
        branch_code: branch.branch_code,
        claim_code: claimOf(device.mac_address),
        simulated: true,
        buses: [{ link: { kind: "simulated" as const } }],
      })),
    ),
  ),
})
