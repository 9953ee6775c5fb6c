/** A live client that never gives up: every state and every end of a command it is shown, with the time. */
import WebSocket from "ws"
import { isFinal, type CommandStage } from "#core/domain/Command.ts"
import type { LiveMessage, Twin } from "#core/api/Twins.ts"
import { oneBoard } from "../support/OneBoard.ts"
import { nowMs } from "./Clock.ts"
import type { Sighting, ToldEnd } from "./History.ts"

const reconnectMs = 250

export class LiveWitness {
  readonly sightings: Array<Sighting> = []
  readonly ends: Array<ToldEnd> = []
  readonly #url: string
  readonly #token: () => string
  #socket: WebSocket | undefined
  #connections = 0
  #isStopped = false

  constructor(url: string, token: () => string) {
    this.#url = `${url.replace(/^http/u, "ws")}/api/live`
    this.#token = token
    this.#connect()
  }

  stop(): void {
    this.#isStopped = true
    this.#socket?.terminate()
  }

  #connect(): void {
    const socket = new WebSocket(this.#url)
    const stream = `connection ${++this.#connections}`
    let askedAtMs = nowMs()
    this.#socket = socket
    const send = (request: object) => socket.send(JSON.stringify(request))
    socket.on("error", () => socket.terminate())
    socket.on("close", () => {
      if (!this.#isStopped) setTimeout(() => this.#connect(), reconnectMs)
    })
    socket.on("open", () => send({ type: "authenticate", access_token: this.#token() }))
    socket.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as LiveMessage
      if (message.type === "ready") {
        askedAtMs = nowMs()
        send({ type: "subscribe", subscription: "chaos", to: { scope: "branch", id: oneBoard.branch } })
      }
      if (message.type === "snapshot" || message.type === "delta") this.#note(message.twins, stream, askedAtMs)
      if (message.type !== "delta") return
      for (const { command_id, stage } of message.commands) {
        if (isFinal(stage as CommandStage)) {
          this.ends.push({ commandId: command_id, stage: stage as CommandStage, atMs: nowMs() })
        }
      }
    })
  }

  #note(twins: ReadonlyArray<Twin>, stream: string, askedAtMs: number): void {
    const shownAtMs = nowMs()
    for (const { kind, id, revision, value } of twins) {
      const state = JSON.stringify(value)
      this.sightings.push({ twin: `${kind}/${id}`, stream, revision, state, askedAtMs, shownAtMs })
    }
  }
}
