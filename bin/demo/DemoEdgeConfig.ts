/**
 * The configuration of the demo's one edge program, derived from the registry: every device of every chain, each with
 * one simulated bus that carries all its boards and is shown as a tty.
 */
import type { RegistryDocument } from "#core/domain/RegistryDocument.ts"
import type { CommandKeyConfig, EdgeConfig } from "#edge/config/EdgeConfig.ts"

export interface DemoEdgeOptions {
  readonly mqttPort: number
  /** Where the edge keeps its journals. */
  readonly dataDir: string
  readonly controlPort: number
  readonly seed: number
  /** Whose commands it carries out: the demo's cloud. */
  readonly commandKey: CommandKeyConfig
}

/** The edge configuration for all devices of a registry, simulated. */
export const demoEdgeConfig = (
  registry: (typeof RegistryDocument)["Encoded"],
  { mqttPort, dataDir, controlPort, seed, commandKey }: DemoEdgeOptions,
): (typeof EdgeConfig)["Encoded"] => ({
  v: 1,
  broker: { host: "127.0.0.1", port: mqttPort },
  data_dir: dataDir,
  command_keys: [commandKey],
  simulator: { control_port: controlPort, seed, ttys: true },
  devices: registry.chains.flatMap((chain) =>
    chain.branches.flatMap((branch) =>
      branch.devices.map((device) => ({
        id: device.id,
        chain_id: chain.id,
        branch_id: branch.id,
        chain_slug: chain.slug,
        branch_code: branch.branch_code,
        simulated: true,
        buses: [
          {
            link: { kind: "simulated" as const },
            controllers: device.controllers.map((controller) => ({
              id: controller.id,
              address: controller.controller_address,
              bays: controller.bays.map((bay) => ({
                id: bay.id,
                lock_index: bay.lock_index,
                label: bay.label,
                cart_id: bay.cart?.id ?? null,
              })),
            })),
          },
        ],
      })),
    ),
  ),
})
