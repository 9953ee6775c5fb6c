/**
 * Live messages as they go over the wire. A twin is made text once for all messages that hold it, a message is made a
 * WebSocket frame once for all clients that are sent it (RFC 6455 §5: a server's frames are not masked, so they are the same
 * for everybody), and messages are kept so small that a client which takes none costs little: what is longer is several.
 */
import type { Alarm } from "#core/api/Alarm.ts"
import type { LiveCommand, LiveMessage, Twin } from "#core/api/Twins.ts"
import { Limits } from "#core/Limits.ts"

/** FIN and the opcode of text. */
const wholeText = 0x81
/** Lengths up to here stand in the second byte; the two codes above say how many bytes hold a longer one. */
const [shortest, in2Bytes, in8Bytes] = [125, 126, 127]
const in2BytesMost = 0xffff

/** A text as one whole frame. */
const frameOf = (text: string): Uint8Array => {
  const length = Buffer.byteLength(text)
  const headBytes = length <= shortest ? 2 : length <= in2BytesMost ? 4 : 10
  const frame = Buffer.allocUnsafeSlow(headBytes + length)
  frame[0] = wholeText
  if (headBytes === 2) frame[1] = length
  else if (headBytes === 4) {
    frame[1] = in2Bytes
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = in8Bytes
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  frame.write(text, headBytes)
  return frame
}

/** The frame of a message. */
export const encodeLive = (message: LiveMessage): Uint8Array => frameOf(JSON.stringify(message))

/** A twin as it stands in messages. */
export const textOf = (twin: Twin): string => JSON.stringify(twin)

/** Texts of twins in groups, each small enough for a message; one group without any for none. */
const groupsOf = (twins: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> => {
  const groups: Array<Array<string>> = [[]]
  let room: number = Limits.liveTwinsBytes
  for (const twin of twins) {
    room -= twin.length
    if (room < 0 && groups.at(-1)?.length !== 0) {
      groups.push([])
      room = Limits.liveTwinsBytes - twin.length
    }
    groups.at(-1)?.push(twin)
  }
  return groups
}

interface DeltaParts {
  readonly twins: ReadonlyArray<string>
  readonly catchingUp: boolean
  readonly commands: ReadonlyArray<typeof LiveCommand.Type>
  readonly alarms: ReadonlyArray<Alarm>
  readonly server_time: string
}

const flag = (catchingUp: boolean): string => (catchingUp ? `"catching_up":true,` : "")

/** One delta, or several if the twins are many; what else there is to say is said in the first. */
export const encodeDelta = ({
  twins,
  commands,
  alarms,
  catchingUp,
  server_time,
}: DeltaParts): ReadonlyArray<Uint8Array> =>
  groupsOf(twins).map((group, index) => {
    const stages = JSON.stringify(index === 0 ? commands : [])
    const raised = index > 0 || alarms.length === 0 ? "" : `"alarms":${JSON.stringify(alarms)},`
    return frameOf(
      `{"type":"delta","twins":[${group.join()}],"commands":${stages},${raised}${flag(catchingUp)}"server_time":"${server_time}"}`,
    )
  })

interface SnapshotParts {
  readonly subscription: string
  readonly twins: ReadonlyArray<Twin>
  /** Twins of the scope are left even after these. */
  readonly more: boolean
  readonly catchingUp: boolean
  readonly server_time: string
}

/** One part of a snapshot, or several if the twins are many. */
export const encodeSnapshot = ({
  subscription,
  twins,
  more,
  catchingUp,
  server_time,
}: SnapshotParts): ReadonlyArray<Uint8Array> => {
  const groups = groupsOf(twins.map(textOf))
  return groups.map((group, index) => {
    const goesOn = more || index < groups.length - 1 ? `"more":true,` : ""
    return frameOf(
      `{"type":"snapshot","subscription":${JSON.stringify(subscription)},"twins":[${group.join()}],` +
        `${goesOn}${flag(catchingUp)}"server_time":"${server_time}"}`,
    )
  })
}
