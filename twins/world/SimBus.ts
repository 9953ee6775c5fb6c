/**
 * The simulated boards of one bus behind their shared wire: bytes in, answers out. Bytes go through the production
 * parser, so a frame may come in pieces; what is unfinished when the bus falls silent is forgotten, never carried out
 * late. Wrong sums and foreign addresses are met with silence. Boards answer a call to all in the order of their
 * addresses. It keeps no wire time: the link in front of it does.
 */
import { Parser } from "#core/cu16/Parser.ts"
import { frameTable } from "#core/cu16/FrameTable.ts"
import type { Cu16Frame, Cu16Request } from "#core/cu16/Frame.ts"
import { Limits } from "#core/Limits.ts"
import type { SimReply } from "./Fault.ts"
import { SimBoard } from "./SimBoard.ts"
import type { BusPlan } from "./WorldPlan.ts"

const isRequest = (frame: Cu16Frame): frame is Cu16Request => frameTable[frame.kind].direction === "toBoard"

export class SimBus {
  readonly plan: BusPlan
  readonly boards: ReadonlyArray<SimBoard>
  readonly #parser = new Parser()
  #heardAtMs = Number.NEGATIVE_INFINITY

  constructor(plan: BusPlan, seed: number) {
    this.plan = plan
    this.boards = plan.boards
      .map((board) => new SimBoard(board, seed, `${plan.device}/${board.address}`))
      .sort((a, b) => a.address - b.address)
  }

  /** What the master wrote, when its last bit has arrived. */
  receive(bytes: Uint8Array, atMs: number): ReadonlyArray<SimReply> {
    if (atMs - this.#heardAtMs > Limits.busSilenceMs) this.#parser.reset()
    this.#heardAtMs = atMs
    return this.#parser.push(bytes).flatMap((event) => {
      if (event._tag !== "Frame" || !isRequest(event.frame)) return []
      const heard = { request: event.frame, bytes: event.bytes }
      const { request } = heard
      return this.boards
        .filter((board) => !("board" in request) || request.board === board.address)
        .flatMap((board) => board.hear(heard, atMs))
    })
  }
}
