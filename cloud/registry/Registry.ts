/** The registry brought up to date with `REGISTRY_FILE`, if there is one, and then the directory of its devices. */
import { Effect, Layer } from "effect"
import { Settings } from "../Settings.ts"
import { Directory } from "./Directory.ts"
import { readRegistryFile } from "./RegistryFile.ts"
import { RegistryImport } from "./RegistryImport.ts"

const importFile = Effect.gen(function* () {
  const { registryFile } = yield* Settings
  if (registryFile._tag === "None") return
  const registry = yield* RegistryImport
  yield* registry.run(yield* readRegistryFile(registryFile.value))
})

export const Registry = Directory.layer.pipe(
  Layer.provide(Layer.effectDiscard(importFile)),
  Layer.provide(RegistryImport.layer),
)
