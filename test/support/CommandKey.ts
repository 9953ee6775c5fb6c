/** The command key of a cloud under test: kept where the cloud will look for it, so that a test can sign as the cloud does. */
import { sign } from "node:crypto"
import { Effect } from "effect"
import { keptCommandKey } from "#cloud/commands/CommandKeyFile.ts"
import { signCommand } from "#core/wire/SignedCommand.ts"
import type { CommandKeyConfig } from "#edge/config/EdgeConfig.ts"

export interface CommandKey {
  /** For the config of an edge. */
  readonly config: CommandKeyConfig
  /** An envelope as it goes on the wire. */
  readonly sign: (envelope: object) => string
}

/** The key of the cloud whose data folder this is. */
export const commandKeyIn = async (cloudDataDir: string): Promise<CommandKey> => {
  const { kid, publicKey, privateKey } = await Effect.runPromise(keptCommandKey(cloudDataDir))
  return {
    config: { kid, public_key: publicKey },
    sign: (envelope) =>
      signCommand(JSON.stringify(envelope), kid, (input) => sign(undefined, Buffer.from(input, "latin1"), privateKey)),
  }
}
