/** Signs envelopes for the wire, with the cloud's command key. Synchronous: some 0.1 ms, and no turn of the event loop. */
import { Context, Effect, Layer } from "effect"
import { sign } from "node:crypto"
import type { CommandEnvelope } from "#core/wire/Commands.ts"
import { signCommand } from "#core/wire/SignedCommand.ts"
import { Settings } from "../Settings.ts"
import { loadCommandKey } from "./CommandKeyFile.ts"

export class CommandSigner extends Context.Service<
  CommandSigner,
  {
    /** The envelope as it goes on the wire. */
    readonly sign: (envelope: CommandEnvelope) => string
    /** What an edge's config must hold to believe it. */
    readonly key: { readonly kid: string; readonly public_key: string }
  }
>()("cartwise/cloud/commands/CommandSigner") {
  static readonly layer = Layer.effect(
    CommandSigner,
    Effect.gen(function* () {
      const { kid, publicKey, privateKey } = yield* loadCommandKey(yield* Settings)
      return CommandSigner.of({
        sign: (envelope) =>
          signCommand(JSON.stringify(envelope), kid, (input) =>
            sign(undefined, Buffer.from(input, "latin1"), privateKey),
          ),
        key: { kid, public_key: publicKey },
      })
    }),
  )
}
